package io.securestreams.transport.mqtt;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.topic.TopicRoutes;

/**
 * Which streams want which topic filters, whatever the broker knows of it. On the
 * session's executor.
 */
final class FilterBook {

	/** A power of two; identifiers are less. */
	private static final int IDENTIFIERS = 0x0800_0000;

	/** Place of a filter behind all that a policy can have. */
	private static final int LAST = Integer.MAX_VALUE;

	private final Map<String, Subscription> all = new LinkedHashMap<>();

	private final IntObjectMap<Subscription> byIdentifier = new IntObjectHashMap<>(8);

	private final Covers covers = new Covers();

	private final TopicRoutes<Interest> routes;

	FilterBook(TopicRoutes<Interest> routes) {
		this.routes = routes;
	}

	Covers covers() {
		return this.covers;
	}

	Collection<Subscription> all() {
		return this.all.values();
	}

	/** For changes meanwhile. */
	List<Subscription> copy() {
		return List.copyOf(this.all.values());
	}

	@Nullable Subscription get(String filter) {
		return this.all.get(filter);
	}

	/**
	 * Finds what filters overlap with so that copies of messages could not be told apart.
	 * @param filters of a stream
	 * @return filters, which streams may have or not
	 */
	List<Subscription> clashing(List<String> filters) {
		return Covers.clashing(this.all.values(), filters);
	}

	/** A stream wants its filters, and is going to {@link #join}. */
	void register(MqttClientTransport member) {
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			add(member, filters.get(i), i);
		}
	}

	/** A stream wants a filter that is not its policy's. */
	Subscription add(MqttClientTransport member, String filter) {
		return add(member, filter, LAST);
	}

	private Subscription add(MqttClientTransport member, String filter, int index) {
		Subscription subscription = this.all.computeIfAbsent(filter, this::create);
		subscription.idle = false;
		subscription.wanted = Math.max(subscription.wanted, member.qos());
		if (subscription.members.add(member)) {
			this.routes.add(subscription.filter, new Interest(member, subscription, index));
		}
		return subscription;
	}

	/** The same number at the next start, as a kept session needs it. */
	private Subscription create(String filter) {
		int identifier = Math.max(filter.hashCode() & (IDENTIFIERS - 1), 1);
		while (this.byIdentifier.containsKey(identifier)) {
			identifier = identifier % (IDENTIFIERS - 1) + 1;
		}
		Subscription created = new Subscription(filter, identifier);
		this.byIdentifier.put(identifier, created);
		this.covers.add(created, this.all.values());
		return created;
	}

	void remove(Subscription subscription) {
		// Whatever is answered later is about nothing
		subscription.asked = 0;
		this.all.remove(subscription.filter);
		this.byIdentifier.remove(subscription.identifier);
		this.covers.remove(subscription);
	}

	/** Whether a message is of a subscription that streams have. */
	boolean isKnown(MqttProperties properties) {
		return properties.has(MqttProperties.SUBSCRIPTION_IDENTIFIER, (identifier) -> {
			Subscription known = this.byIdentifier.get((int) identifier);
			return known != null && known.isUsed();
		});
	}

	/**
	 * Whether messages of one filter come by another one.
	 * @param identifier the other one's number
	 * @param subscription the one
	 */
	boolean isCover(long identifier, Subscription subscription) {
		Subscription cover = this.byIdentifier.get((int) identifier);
		return cover != null && cover.covers(subscription);
	}

	/** A stream does not want its filters any more. */
	void leave(MqttClientTransport member) {
		member.wanted().leave().forEach((filter) -> remove(member, filter));
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			remove(member, filters.get(i), i);
		}
	}

	/** A stream does not want a filter any more that is not its policy's. */
	void remove(MqttClientTransport member, String filter) {
		if (!member.filters().contains(filter)) {
			remove(member, filter, LAST);
		}
	}

	private void remove(MqttClientTransport member, String filter, int index) {
		Subscription subscription = this.all.get(filter);
		if (subscription != null && subscription.members.remove(member)) {
			this.routes.remove(subscription.filter, new Interest(member, subscription, index));
		}
	}

	/** Whether a stream may still be coming that wants messages of a topic. */
	boolean mayBeWanted(String topic) {
		return !this.covers.isIdle(topic);
	}

}
