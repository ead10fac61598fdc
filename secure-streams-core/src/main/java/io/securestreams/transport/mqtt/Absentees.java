package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.transport.mqtt.topic.TopicRoutes;

/**
 * Streams of a kept session that lost their connection with the others and have not come
 * back, while the first of them already has the next one: what the broker sends now is
 * for them as well. On the session's executor.
 */
final class Absentees {

	private final BrokerSession session;

	private final Map<ClientLink, List<Interest>> all = new IdentityHashMap<>();

	private final TopicRoutes<Interest> routes = new TopicRoutes<>(Interest::route);

	Absentees(BrokerSession session) {
		this.session = session;
	}

	/**
	 * The connection is gone.
	 * @param owners all streams that there are, connected or not
	 */
	void down(Collection<StreamOwner> owners) {
		clear();
		if (!this.session.isKept()) {
			return;
		}
		for (StreamOwner owner : owners) {
			MqttClientTransport member = owner.member();
			if (member != null) {
				add(member);
			}
		}
	}

	private void add(MqttClientTransport member) {
		List<Interest> interests = new ArrayList<>();
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			Subscription subscription = this.session.subscriptions().book().get(filters.get(i));
			if (subscription != null) {
				Interest interest = new Interest(member, subscription, i);
				interests.add(interest);
				this.routes.add(subscription.filter, interest);
			}
		}
		if (!interests.isEmpty()) {
			this.all.put(member.link(), interests);
		}
	}

	/** A stream is back, or is not going to be. */
	void remove(ClientLink link) {
		List<Interest> interests = this.all.remove(link);
		if (interests != null) {
			interests.forEach((each) -> this.routes.remove(each.subscription().filter, each));
		}
	}

	private void clear() {
		List.copyOf(this.all.keySet()).forEach(this::remove);
	}

	private boolean isEmpty() {
		BrokerConnection connection = this.session.connection();
		if (!this.all.isEmpty() && connection.isUp() && !connection.isYoung()) {
			clear();
		}
		return this.all.isEmpty();
	}

	/** Who wants messages of a topic; not for long. */
	List<Interest> wanting(String topic) {
		return isEmpty() ? List.of() : this.routes.route(topic).targets();
	}

	/**
	 * Whether a filter is still needed.
	 * @param subscription the filter
	 * @param but one of which it is known that it has others now
	 */
	boolean want(Subscription subscription, @Nullable ClientLink but) {
		return !isEmpty() && this.all.values()
			.stream()
			.anyMatch((interests) -> interests.stream()
				.anyMatch((each) -> each.subscription() == subscription && each.member().link() != but));
	}

}
