package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttText;

/**
 * Which topic filters the streams of a session want, and what the broker has been told of
 * it. Brokers may send a copy of a message for each filter that matches it
 * (MQTT-3.3.5-1), and not all of those that speak MQTT 5 number the copies as they
 * should: {@link Covers} avoids them. On the session's executor.
 */
final class Subscriptions {

	private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

	/** A kept subscription survives a stream that is only connecting again. */
	private static final long LEAVE_MILLIS = 1000;

	/** Codes of SUBACK from here on are failures. */
	private static final int FAILURE = 0x80;

	/** A power of two; identifiers are less. */
	private static final int IDENTIFIERS = 0x0800_0000;

	private final BrokerSession session;

	private final PacketIds ids;

	private final Map<String, Subscription> all = new LinkedHashMap<>();

	private final IntObjectMap<Subscription> byIdentifier = new IntObjectHashMap<>(8);

	private final Covers covers = new Covers();

	/** What SUBSCRIBE and UNSUBSCRIBE packets are about that have not been answered. */
	private final IntObjectMap<Asked> asked = new IntObjectHashMap<>(8);

	/** Ended filters of which the broker may not have heard. */
	private final List<String> unsure = new ArrayList<>();

	private StreamExecutor.@Nullable Timer leaving;

	private @Nullable FrameWriter out;

	private boolean identifiers;

	private boolean repeated;

	Subscriptions(BrokerSession session, PacketIds ids) {
		this.session = session;
		this.ids = ids;
	}

	/**
	 * There is a connection.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers what it was told
	 * @param identifiers whether subscriptions may have numbers
	 */
	void up(FrameWriter writer, boolean sessionPresent, boolean identifiers) {
		this.out = writer;
		this.repeated = false;
		this.identifiers = identifiers;
		this.all.values().forEach((each) -> each.renew(sessionPresent));
		List.copyOf(this.all.values()).forEach((each) -> {
			if (!each.isGranted() && !each.isUsed()) {
				remove(each);
			}
		});
		if (sessionPresent) {
			for (String filter : this.unsure) {
				Subscription known = this.all.get(filter);
				if (known == null || !known.isGranted()) {
					end(filter, null);
				}
			}
		}
		this.unsure.clear();
		scheduleLeaving();
	}

	/** The connection is gone. */
	void down() {
		this.out = null;
		this.asked.forEach((id, about) -> {
			this.ids.release(id);
			if (about.ends) {
				this.unsure.add(about.filter);
			}
		});
		this.asked.clear();
		if (this.leaving != null) {
			this.leaving.cancel();
			this.leaving = null;
		}
	}

	/**
	 * Whether filters overlap with what there is so that copies of messages could not be
	 * told apart.
	 * @param filters of a stream
	 */
	boolean clash(List<String> filters) {
		return this.covers.clash(this.all.values(), filters);
	}

	/** A stream wants its filters, and is going to {@link #join}. */
	void register(MqttClientTransport member) {
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			Subscription subscription = this.all.computeIfAbsent(filters.get(i), this::create);
			subscription.members.add(member);
			subscription.idle = false;
			subscription.wanted = Math.max(subscription.wanted, member.qos());
			this.session.deliveries().routes().add(subscription.filter, new Interest(member, subscription, i));
		}
	}

	/** The same number at the next start, as a kept session needs it. */
	private Subscription create(String filter) {
		int identifier = Math.max(filter.hashCode() & (IDENTIFIERS - 1), 1);
		while (this.byIdentifier.containsKey(identifier)) {
			identifier = identifier % (IDENTIFIERS - 1) + 1;
		}
		Subscription created = new Subscription(filter, identifier);
		this.byIdentifier.put(identifier, created);
		this.covers.add(created);
		return created;
	}

	private void remove(Subscription subscription) {
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

	/** Whether retained messages may come again, for others. */
	boolean isRepeated() {
		return this.repeated;
	}

	/**
	 * A stream is told by {@link MqttClientTransport#subscribed} once it has its filters,
	 * possibly before this returns.
	 * @param member the stream
	 * @param late whether the connection has been there before
	 */
	void join(MqttClientTransport member, boolean late) {
		this.session.deliveries().join(member);
		for (String filter : member.filters()) {
			Subscription subscription = this.all.get(filter);
			if (subscription != null) {
				want(subscription, late);
			}
		}
		check(member);
	}

	/** By which filter the messages of another one come. */
	private Subscription carrier(Subscription subscription) {
		return this.covers.carrier(subscription);
	}

	/**
	 * Retained messages come with SUBSCRIBE alone, so those who are late need another.
	 */
	private void want(Subscription subscription, boolean late) {
		Subscription carrier = carrier(subscription);
		carrier.wanted = Math.max(carrier.wanted, subscription.wanted);
		carrier.numbered |= subscription.members.stream().anyMatch(MqttClientTransport::isAmbiguous);
		if (carrier == subscription) {
			this.covers.raise(subscription, this.all.values());
		}
		if (carrier.asked != 0) {
			carrier.again |= late;
		}
		else if (late || carrier.granted < carrier.wanted) {
			ask(carrier);
		}
		if (subscription.yielding && subscription.isUsed()) {
			subscription.yielding = false;
			absorb(subscription);
		}
	}

	private void ask(Subscription subscription) {
		FrameWriter writer = this.out;
		if (writer == null) {
			return;
		}
		int id = this.ids.take();
		this.repeated |= subscription.isGranted() || subscription.wild;
		subscription.again = false;
		subscription.asked = id;
		subscription.askedQos = Math.max(subscription.wanted, subscription.granted);
		this.asked.put(id, new Asked(subscription.filter, subscription, false));
		writer.subscribe(id, MqttText.encode(subscription.filter), subscription.askedQos,
				(this.identifiers && subscription.numbered) ? subscription.identifier : 0);
		this.session.written();
	}

	/**
	 * SUBACK.
	 * @param id its number
	 * @param code what the broker grants
	 * @return whether anything was asked by that number
	 */
	boolean answered(int id, int code) {
		Asked about = this.asked.get(id);
		Subscription subscription = (about != null && !about.ends) ? about.subscription : null;
		if (subscription == null) {
			return false;
		}
		this.asked.remove(id);
		this.ids.release(id);
		if (subscription.asked != id) {
			return true;
		}
		subscription.asked = 0;
		if (code >= FAILURE) {
			refused(subscription, code);
			return true;
		}
		if (code < subscription.askedQos) {
			log.warn("[{}] the broker grants QoS {} instead of {} for {}", this.session, code, subscription.askedQos,
					subscription.filter);
		}
		// What was granted less than asked for is not asked for again
		subscription.granted = subscription.askedQos;
		absorb(subscription);
		if (subscription.again || subscription.granted < subscription.wanted) {
			ask(subscription);
		}
		settle(subscription);
		unsubscribeYielding();
		return true;
	}

	private void refused(Subscription subscription, int code) {
		subscription.yielding = true;
		for (MqttClientTransport member : List.copyOf(subscription.members)) {
			if (member.qos() > subscription.granted) {
				member.refused(subscription.filter, code);
			}
		}
		if (!subscription.isUsed() && !subscription.isGranted()) {
			remove(subscription);
		}
		// Those who relied on it are asked for themselves
		for (Subscription other : List.copyOf(this.all.values())) {
			if (other != subscription && other.isUsed() && subscription.wild && carrier(other).granted < other.wanted) {
				want(other, false);
			}
		}
	}

	/** What a filter covers the broker need not know besides. */
	private void absorb(Subscription cover) {
		if (!cover.wild) {
			return;
		}
		for (Subscription other : List.copyOf(this.all.values())) {
			if (other.isGranted() && other != cover && carrier(other) == cover && cover.granted >= other.wanted) {
				other.granted = Subscription.NONE;
				cover.ending++;
				end(other.filter, cover);
			}
		}
	}

	/**
	 * UNSUBACK.
	 * @param id its number
	 * @return whether anything was asked by that number
	 */
	boolean unsubscribed(int id) {
		Asked about = this.asked.get(id);
		if (about == null || !about.ends) {
			return false;
		}
		this.asked.remove(id);
		this.ids.release(id);
		Subscription cover = about.subscription;
		if (cover != null && --cover.ending == 0) {
			settle(cover);
		}
		return true;
	}

	/** Streams may have what they want. */
	private void settle(Subscription subscription) {
		List.copyOf(subscription.wild ? this.session.members() : subscription.members).forEach(this::check);
	}

	private void check(MqttClientTransport member) {
		if (member.isConnected()) {
			return;
		}
		for (String filter : member.filters()) {
			Subscription subscription = this.all.get(filter);
			if (subscription == null) {
				return;
			}
			Subscription carrier = carrier(subscription);
			if (subscription.granted < member.qos() && (carrier.granted < member.qos() || carrier.ending > 0)) {
				return;
			}
		}
		member.subscribed();
	}

	/** A stream has left. */
	void leave(MqttClientTransport member) {
		List<String> filters = member.filters();
		for (int i = 0; i < filters.size(); i++) {
			Subscription subscription = this.all.get(filters.get(i));
			if (subscription != null && subscription.members.remove(member)) {
				this.session.deliveries().routes().remove(subscription.filter, new Interest(member, subscription, i));
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
		if (this.leaving == null && this.out != null && this.all.values().stream().anyMatch((each) -> !each.isUsed())) {
			this.leaving = this.session.executor().schedule(() -> {
				this.leaving = null;
				unsubscribe();
			}, LEAVE_MILLIS);
		}
	}

	private void unsubscribe() {
		if (this.out == null) {
			this.all.values()
				.stream()
				.filter((each) -> !each.isUsed() && !each.isGranted())
				.toList()
				.forEach(this::remove);
			return;
		}
		if (!this.session.hasMembers()) {
			// A kept session goes on collecting; any other ends with the connection
			return;
		}
		for (Subscription subscription : List.copyOf(this.all.values())) {
			if (subscription.isUsed()) {
				continue;
			}
			subscription.idle = this.covers.isNeeded(subscription, this.all.values());
			if (!subscription.idle) {
				remove(subscription);
				if (subscription.isGranted() || subscription.asked != 0) {
					end(subscription.filter, null);
				}
			}
		}
	}

	/** The broker sends what nobody wants. */
	void unwanted() {
		if (this.out == null || !this.covers.isUnwanted(this.all.values())) {
			return;
		}
		for (Subscription subscription : List.copyOf(this.all.values())) {
			if (subscription.isUsed() && !subscription.isGranted() && subscription.asked == 0) {
				want(subscription, false);
			}
		}
	}

	/** Whether a stream may still be coming that wants messages of a topic. */
	boolean mayBeWanted(String topic) {
		return !this.covers.isIdle(topic);
	}

	private void unsubscribeYielding() {
		for (Subscription cover : this.covers.yielded(this.all.values())) {
			remove(cover);
			end(cover.filter, null);
		}
	}

	private void end(String filter, @Nullable Subscription cover) {
		FrameWriter writer = this.out;
		if (writer != null) {
			int id = this.ids.take();
			this.asked.put(id, new Asked(filter, cover, true));
			writer.unsubscribe(id, MqttText.encode(filter));
			this.session.written();
		}
	}

	/**
	 * What a packet is about.
	 *
	 * @param filter the filter
	 * @param subscription that it is of, or what is in its place when it ends
	 * @param ends whether it is UNSUBSCRIBE
	 */
	private record Asked(String filter, @Nullable Subscription subscription, boolean ends) {

	}

}
