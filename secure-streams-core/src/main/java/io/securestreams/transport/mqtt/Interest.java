package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.topic.Route;

/**
 * That a stream wants what a filter matches.
 *
 * @param member the stream
 * @param subscription the filter
 * @param index its place among the filters of the stream
 */
record Interest(MqttClientTransport member, Subscription subscription, int index) {

	/**
	 * Makes a route on which each stream gets a message once: where several of its
	 * filters match, by the first one. What a shared subscription brings is no copy.
	 * @param topic the topic
	 * @param found all that match
	 * @return the route
	 */
	static Route<Interest> route(String topic, List<Interest> found) {
		Map<MqttClientTransport, Interest> first = new LinkedHashMap<>();
		for (Interest each : found) {
			first.merge(each.member, each, (one, other) -> other.goesBefore(one) ? other : one);
		}
		List<Interest> others = new ArrayList<>();
		for (Interest each : found) {
			if (each.subscription.shared && first.get(each.member) != each) {
				others.add(each);
			}
		}
		return new Route<>(topic, List.copyOf(first.values()), List.copyOf(others));
	}

	private boolean goesBefore(Interest other) {
		if (this.subscription.shared != other.subscription.shared) {
			return other.subscription.shared;
		}
		return this.index < other.index;
	}

	/**
	 * Whether a message is meant, which may be one of several copies.
	 * @param properties the message's
	 * @param book all that there are
	 * @return whether it says so, or says nothing
	 */
	boolean isMeant(MqttProperties properties, FilterBook book) {
		return !properties.has(MqttProperties.SUBSCRIPTION_IDENTIFIER)
				|| properties.has(MqttProperties.SUBSCRIPTION_IDENTIFIER,
						(number) -> number == this.subscription.identifier || book.isCover(number, this.subscription));
	}

}
