package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.transport.mqtt.topic.TopicRoutes;

/**
 * Streams of a kept session that have left their connection, or lost it with the others,
 * and have not come back: what the broker sends is for them as well, for a while. Who is
 * away for longer does not subscribe any more. On the session's executor.
 */
final class Absentees {

	private final BrokerSession session;

	/** Those as well that are not waited for any more. */
	private final Map<ClientLink, Absentee> all = new IdentityHashMap<>();

	private final TopicRoutes<Interest> routes = new TopicRoutes<>(Interest::route);

	/** So many are waited for. */
	private int awaited;

	Absentees(BrokerSession session) {
		this.session = session;
	}

	/** A stream leaves; its filters are those of the broker still. */
	void add(MqttClientTransport member) {
		remove(member.link());
		if (!this.session.isKept()) {
			return;
		}
		List<Interest> interests = new ArrayList<>();
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			Subscription subscription = this.session.subscriptions().book().get(filters.get(i));
			if (subscription != null && this.session.subscriptions().isListening(member, filters.get(i))) {
				interests.add(new Interest(member, subscription, i));
			}
		}
		if (!interests.isEmpty()) {
			Absentee absentee = new Absentee(interests);
			this.all.put(member.link(), absentee);
			await(absentee);
		}
	}

	private void await(Absentee absentee) {
		absentee.sinceNanos = this.session.executor().nanoTime();
		absentee.awaited = true;
		absentee.interests.forEach((each) -> this.routes.add(each.subscription().filter, each));
		this.awaited++;
	}

	private void desist(Absentee absentee) {
		if (absentee.awaited) {
			absentee.awaited = false;
			absentee.interests.forEach((each) -> this.routes.remove(each.subscription().filter, each));
			this.awaited--;
		}
	}

	/** A stream is back, or is not going to be. */
	void remove(ClientLink link) {
		Absentee absentee = this.all.remove(link);
		if (absentee != null) {
			desist(absentee);
		}
	}

	/** The connection is gone: whoever is waited for now is waited for on the next. */
	void down() {
		desistLate();
	}

	/** The next connection brings what a stream has not had on this one. */
	void owed(ClientLink link) {
		Absentee absentee = this.all.get(link);
		if (absentee != null && !absentee.awaited) {
			await(absentee);
		}
	}

	private boolean isEmpty() {
		desistLate();
		return this.awaited == 0;
	}

	private void desistLate() {
		if (this.awaited > 0 && this.session.connection().isUp()) {
			for (Absentee each : this.all.values()) {
				if (this.session.connection().isOver(each.sinceNanos)) {
					desist(each);
				}
			}
		}
	}

	/** Who wants messages of a topic. */
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
			.anyMatch((absentee) -> absentee.awaited && absentee.interests.stream()
				.anyMatch((each) -> each.subscription() == subscription && each.member().link() != but));
	}

	/** A stream that is away. */
	private static final class Absentee {

		/** What it wants. */
		private final List<Interest> interests;

		private long sinceNanos;

		private boolean awaited;

		Absentee(List<Interest> interests) {
			this.interests = interests;
		}

	}

}
