package io.securestreams.transport.mqtt;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.PrintableText;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.flow.PacketIds;

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

	/** Characters of a filter in the log. */
	private static final int MAX_FILTER = 200;

	private final BrokerSession session;

	private final FilterBook book;

	private final SubscribePackets packets;

	private StreamExecutor.@Nullable Timer leaving;

	Subscriptions(BrokerSession session, PacketIds ids) {
		this.session = session;
		this.packets = new SubscribePackets(session, ids);
		this.book = new FilterBook(session.deliveries().routes());
	}

	FilterBook book() {
		return this.book;
	}

	/**
	 * There is a connection.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers what it was told
	 * @param identifiers whether subscriptions may have numbers
	 */
	void up(FrameWriter writer, boolean sessionPresent, boolean identifiers) {
		List<String> unsure = this.packets.up(writer, identifiers);
		this.book.all().forEach((each) -> each.renew(sessionPresent));
		this.book.copy().forEach((each) -> {
			if (!each.isGranted() && !each.isUsed()) {
				this.book.remove(each);
			}
		});
		if (sessionPresent) {
			for (String filter : unsure) {
				Subscription known = this.book.get(filter);
				if (known == null || !known.isGranted()) {
					this.packets.unsubscribe(filter, null);
				}
			}
		}
		scheduleLeaving();
	}

	/** The connection is gone. */
	void down() {
		this.packets.down();
		if (this.leaving != null) {
			this.leaving.cancel();
			this.leaving = null;
		}
	}

	/** Whether retained messages may come again, for others. */
	boolean isRepeated() {
		return this.packets.isRepeated();
	}

	/**
	 * A stream is told by {@link MqttClientTransport#subscribed} once it has its filters,
	 * possibly before this returns.
	 * @param member the stream
	 * @param late whether the connection has been there before
	 */
	void join(MqttClientTransport member, boolean late) {
		this.session.deliveries().join(member);
		makeWay(member.filters());
		for (String filter : member.filters()) {
			Subscription subscription = this.book.get(filter);
			if (subscription != null) {
				want(subscription, late);
			}
		}
		check(member);
	}

	/** Filters that no stream has any more would bring copies. */
	private void makeWay(List<String> filters) {
		for (Subscription subscription : this.book.clashing(filters)) {
			if (!subscription.isUsed() && !this.book.covers().isNeeded(subscription)) {
				remove(subscription);
			}
		}
	}

	/**
	 * Whether streams have filters, or are going to, that overlap with those of another.
	 */
	boolean clash(List<String> filters, ClientLink link) {
		return this.book.clashing(filters)
			.stream()
			.anyMatch((each) -> each.isUsed() || this.book.covers().isNeeded(each)
					|| this.session.absentees().want(each, link));
	}

	private void remove(Subscription subscription) {
		boolean told = subscription.isGranted() || subscription.asked != 0;
		this.book.remove(subscription);
		if (told) {
			this.packets.unsubscribe(subscription.filter, null);
		}
	}

	/** By which filter the messages of another one come. */
	private Subscription carrier(Subscription subscription) {
		return this.book.covers().carrier(subscription);
	}

	/**
	 * Retained messages come with SUBSCRIBE alone, so those who are late need another.
	 */
	private void want(Subscription subscription, boolean late) {
		Subscription carrier = carrier(subscription);
		carrier.wanted = Math.max(carrier.wanted, subscription.wanted);
		carrier.numbered |= subscription.members.stream().anyMatch((member) -> member.wanted().isAmbiguous());
		if (carrier == subscription) {
			this.book.covers().raise(subscription);
		}
		if (carrier.asked != 0) {
			carrier.again |= late;
		}
		else if (late || carrier.granted < carrier.wanted) {
			this.packets.subscribe(carrier);
		}
		if (subscription.yielding && subscription.isUsed()) {
			subscription.yielding = false;
			absorb(subscription);
		}
	}

	/**
	 * SUBACK.
	 * @param id its number
	 * @param code what the broker grants
	 * @return whether anything was asked by that number
	 */
	boolean answered(int id, int code) {
		Subscription subscription = this.packets.subscribed(id);
		if (subscription == null) {
			return false;
		}
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
					PrintableText.of(subscription.filter, MAX_FILTER));
		}
		// What was granted less than asked for is not asked for again
		subscription.granted = subscription.askedQos;
		absorb(subscription);
		if (subscription.again || subscription.granted < subscription.wanted) {
			this.packets.subscribe(subscription);
		}
		settle(subscription);
		unsubscribeYielding();
		return true;
	}

	private void refused(Subscription subscription, int code) {
		subscription.yielding = true;
		List<Subscription> others = List.copyOf(subscription.narrower);
		for (MqttClientTransport member : List.copyOf(subscription.members)) {
			if (member.qos() > subscription.granted) {
				member.refused(subscription.filter, code);
			}
		}
		if (!subscription.isUsed() && !subscription.isGranted()) {
			this.book.remove(subscription);
		}
		// Those who relied on it are asked for themselves
		for (Subscription other : others) {
			if (other.isUsed() && carrier(other).granted < other.wanted) {
				want(other, false);
			}
		}
	}

	/** What a filter covers the broker need not know besides. */
	private void absorb(Subscription cover) {
		for (Subscription other : cover.narrower) {
			if (other.isGranted() && carrier(other) == cover && cover.granted >= other.wanted) {
				other.granted = Subscription.NONE;
				cover.ending++;
				this.packets.unsubscribe(other.filter, cover);
			}
		}
	}

	/**
	 * UNSUBACK.
	 * @param id its number
	 * @return whether anything was asked by that number
	 */
	boolean unsubscribed(int id) {
		SubscribePackets.Asked ended = this.packets.unsubscribed(id);
		Subscription cover = (ended != null) ? ended.subscription() : null;
		if (cover != null && --cover.ending == 0) {
			settle(cover);
		}
		return ended != null;
	}

	/** Streams may have what they want. */
	private void settle(Subscription subscription) {
		List.copyOf(subscription.members).forEach(this::check);
		for (Subscription other : List.copyOf(subscription.narrower)) {
			List.copyOf(other.members).forEach(this::check);
		}
	}

	private void check(MqttClientTransport member) {
		if (member.isConnected()) {
			member.listening();
			return;
		}
		for (String filter : member.filters()) {
			if (!isListening(member, filter)) {
				return;
			}
		}
		member.subscribed();
	}

	/** Whether the broker has granted what a stream wants. */
	boolean isListening(MqttClientTransport member, String filter) {
		Subscription subscription = this.book.get(filter);
		if (subscription == null) {
			return false;
		}
		Subscription carrier = carrier(subscription);
		return subscription.granted >= member.qos() || (carrier.granted >= member.qos() && carrier.ending == 0);
	}

	/** A stream that is connected wants a filter besides those of its policy. */
	void listen(MqttClientTransport member, String filter) {
		makeWay(List.of(filter));
		want(this.book.add(member, filter), false);
	}

	/** A stream that is connected has had what it listened for. */
	void quit(MqttClientTransport member, List<String> filters) {
		for (String filter : filters) {
			this.book.remove(member, filter);
			Subscription left = this.book.get(filter);
			if (left != null && !left.isUsed() && !this.session.absentees().want(left, null)) {
				endOrKeep(left);
			}
		}
	}

	private void endOrKeep(Subscription subscription) {
		subscription.idle = this.book.covers().isNeeded(subscription);
		if (!subscription.idle) {
			remove(subscription);
		}
	}

	/** A stream has left. */
	void leave(MqttClientTransport member) {
		this.book.leave(member);
		if (this.session.isKept()) {
			scheduleLeaving();
		}
		else {
			unsubscribe();
		}
	}

	private void scheduleLeaving() {
		if (this.leaving == null && this.packets.isUp()
				&& this.book.all().stream().anyMatch((each) -> !each.isUsed())) {
			this.leaving = this.session.executor().schedule(() -> {
				this.leaving = null;
				unsubscribe();
			}, LEAVE_MILLIS);
		}
	}

	private void unsubscribe() {
		if (!this.packets.isUp()) {
			this.book.all()
				.stream()
				.filter((each) -> !each.isUsed() && !each.isGranted())
				.toList()
				.forEach(this.book::remove);
			return;
		}
		if (!this.session.hasMembers()) {
			// A kept session goes on collecting; any other ends with the connection
			return;
		}
		for (Subscription subscription : this.book.copy()) {
			if (subscription.isUsed()) {
				continue;
			}
			if (this.session.absentees().want(subscription, null)) {
				scheduleLeaving();
				continue;
			}
			endOrKeep(subscription);
		}
	}

	/** The broker sends what nobody wants. */
	void unwanted() {
		if (!this.packets.isUp() || !this.book.covers().isUnwanted()) {
			return;
		}
		for (Subscription subscription : this.book.copy()) {
			if (subscription.isUsed() && !subscription.isGranted() && subscription.asked == 0) {
				want(subscription, false);
			}
		}
	}

	private void unsubscribeYielding() {
		for (Subscription cover : this.book.covers().yielded()) {
			this.book.remove(cover);
			this.packets.unsubscribe(cover.filter, null);
		}
	}

}
