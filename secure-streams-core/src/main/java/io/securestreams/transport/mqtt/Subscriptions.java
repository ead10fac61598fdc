package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttText;

/**
 * Which topic filters the streams of a session want, and what the broker has been told of
 * it. On the session's executor.
 */
final class Subscriptions {

	private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

	/** A kept subscription survives a stream that is only connecting again. */
	private static final long LEAVE_MILLIS = 1000;

	/** Codes of SUBACK from here on are failures. */
	private static final int FAILURE = 0x80;

	private final BrokerSession session;

	private final PacketIds ids;

	private final Map<String, Subscription> all = new LinkedHashMap<>();

	private final IntObjectMap<@Nullable Subscription> asked = new IntObjectHashMap<>(8);

	private StreamExecutor.@Nullable Timer leaving;

	private @Nullable FrameWriter out;

	Subscriptions(BrokerSession session, PacketIds ids) {
		this.session = session;
		this.ids = ids;
	}

	/**
	 * There is a connection.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers what it was told
	 */
	void up(FrameWriter writer, boolean sessionPresent) {
		this.out = writer;
		for (Subscription subscription : this.all.values()) {
			if (!sessionPresent || subscription.asked != 0) {
				subscription.granted = Subscription.NONE;
			}
			subscription.asked = 0;
		}
		this.all.values().removeIf((each) -> each.granted == Subscription.NONE && each.members.isEmpty());
		scheduleLeaving();
	}

	/** The connection is gone. */
	void down() {
		this.out = null;
		this.asked.forEach((id, subscription) -> this.ids.release(id));
		this.asked.clear();
		if (this.leaving != null) {
			this.leaving.cancel();
			this.leaving = null;
		}
	}

	/**
	 * A stream wants its filters; it is told by {@link MqttClientTransport#subscribed},
	 * possibly before this returns.
	 * @param member the stream
	 */
	void join(MqttClientTransport member) {
		List<Subscription> wanted = new ArrayList<>();
		for (String filter : member.filters()) {
			Subscription subscription = this.all.computeIfAbsent(filter, Subscription::new);
			if (subscription.members.add(member)) {
				this.session.deliveries().routes().add(filter, member);
			}
			wanted.add(subscription);
		}
		this.session.deliveries().join(member);
		for (Subscription subscription : wanted) {
			if (subscription.granted < member.qos() && subscription.asked == 0) {
				ask(subscription);
			}
		}
		check(member);
	}

	private void ask(Subscription subscription) {
		FrameWriter writer = this.out;
		if (writer == null) {
			return;
		}
		int qos = 0;
		for (MqttClientTransport member : subscription.members) {
			qos = Math.max(qos, member.qos());
		}
		int id = this.ids.take();
		subscription.asked = id;
		subscription.askedQos = qos;
		this.asked.put(id, subscription);
		writer.subscribe(id, MqttText.encode(subscription.filter), qos);
		this.session.written();
	}

	/**
	 * SUBACK.
	 * @param id its number
	 * @param code what the broker grants
	 * @return whether anything was asked by that number
	 */
	boolean answered(int id, int code) {
		Subscription subscription = this.asked.get(id);
		if (subscription == null || subscription.asked != id) {
			return false;
		}
		this.asked.remove(id);
		this.ids.release(id);
		subscription.asked = 0;
		List<MqttClientTransport> members = List.copyOf(subscription.members);
		if (code >= FAILURE) {
			boolean had = subscription.granted != Subscription.NONE;
			for (MqttClientTransport member : members) {
				if (!had || member.qos() > subscription.granted) {
					member.refused(subscription.filter, code);
				}
			}
			if (subscription.members.isEmpty()) {
				this.all.remove(subscription.filter);
			}
			return true;
		}
		if (code < subscription.askedQos) {
			log.warn("[{}] the broker grants QoS {} instead of {} for {}", this.session, code, subscription.askedQos,
					subscription.filter);
		}
		// What was granted less than asked for is not asked for again
		subscription.granted = subscription.askedQos;
		if (members.stream().anyMatch((member) -> member.qos() > subscription.granted)) {
			ask(subscription);
		}
		members.forEach(this::check);
		return true;
	}

	/**
	 * UNSUBACK.
	 * @param id its number
	 * @return whether anything was asked by that number
	 */
	boolean unsubscribed(int id) {
		if (!this.asked.containsKey(id) || this.asked.get(id) != null) {
			return false;
		}
		this.asked.remove(id);
		this.ids.release(id);
		return true;
	}

	private void check(MqttClientTransport member) {
		for (String filter : member.filters()) {
			Subscription subscription = this.all.get(filter);
			if (subscription == null || subscription.granted < member.qos()) {
				return;
			}
		}
		member.subscribed();
	}

	/** A stream has left. */
	void leave(MqttClientTransport member) {
		for (String filter : member.filters()) {
			Subscription subscription = this.all.get(filter);
			if (subscription != null && subscription.members.remove(member)) {
				this.session.deliveries().routes().remove(filter, member);
			}
		}
		if (this.session.isKept()) {
			scheduleLeaving();
		}
		else {
			unsubscribe();
		}
	}

	private void scheduleLeaving() {
		if (this.leaving == null && this.out != null
				&& this.all.values().stream().anyMatch((each) -> each.members.isEmpty())) {
			this.leaving = this.session.executor().schedule(() -> {
				this.leaving = null;
				unsubscribe();
			}, LEAVE_MILLIS);
		}
	}

	private void unsubscribe() {
		FrameWriter writer = this.out;
		if (writer == null || !this.session.hasMembers()) {
			// A kept session goes on collecting; any other ends with the connection
			return;
		}
		Set<String> unused = new LinkedHashSet<>();
		this.all.forEach((filter, subscription) -> {
			if (subscription.members.isEmpty()) {
				unused.add(filter);
			}
		});
		for (String filter : unused) {
			this.all.remove(filter);
			int id = this.ids.take();
			this.asked.put(id, null);
			writer.unsubscribe(id, MqttText.encode(filter));
			this.session.written();
		}
	}

	private static final class Subscription {

		static final int NONE = -1;

		private final String filter;

		private final Set<MqttClientTransport> members = new LinkedHashSet<>();

		/** Highest QoS that has been asked for and granted. */
		private int granted = NONE;

		/** Number of the SUBSCRIBE that is under way, or 0. */
		private int asked;

		private int askedQos;

		Subscription(String filter) {
			this.filter = filter;
		}

	}

}
