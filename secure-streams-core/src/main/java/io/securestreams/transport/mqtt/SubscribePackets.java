package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.flow.PacketIds;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttText;

/**
 * SUBSCRIBE and UNSUBSCRIBE of a session: a filter each, and what they are about until
 * they are answered. On the session's executor.
 */
final class SubscribePackets {

	private final BrokerSession session;

	private final PacketIds ids;

	/** What has been sent and not been answered. */
	private final IntObjectMap<Asked> asked = new IntObjectHashMap<>(8);

	/** Ended filters of which the broker may not have heard. */
	private List<String> unsure = new ArrayList<>();

	private @Nullable FrameWriter out;

	private boolean identifiers;

	private boolean repeated;

	SubscribePackets(BrokerSession session, PacketIds ids) {
		this.session = session;
		this.ids = ids;
	}

	/**
	 * There is a connection.
	 * @param writer where to
	 * @param identifiers whether subscriptions may have numbers
	 * @return ended filters of which the broker may not have heard on the last one
	 */
	List<String> up(FrameWriter writer, boolean identifiers) {
		this.out = writer;
		this.repeated = false;
		this.identifiers = identifiers;
		List<String> left = this.unsure;
		this.unsure = new ArrayList<>();
		return left;
	}

	/** The connection is gone, and answers with it. */
	void down() {
		this.out = null;
		this.asked.forEach((id, about) -> {
			this.ids.release(id);
			if (about.ends) {
				this.unsure.add(about.filter);
			}
		});
		this.asked.clear();
	}

	boolean isUp() {
		return this.out != null;
	}

	/** Whether retained messages may come again, for others. */
	boolean isRepeated() {
		return this.repeated;
	}

	/** Asks for what the streams of a filter want, if there is a connection. */
	void subscribe(Subscription subscription) {
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
		this.session.turns().soon();
	}

	/**
	 * Ends a filter, if there is a connection.
	 * @param filter the filter
	 * @param cover what is in its place, or {@code null}
	 */
	void unsubscribe(String filter, @Nullable Subscription cover) {
		FrameWriter writer = this.out;
		if (writer != null) {
			int id = this.ids.take();
			this.asked.put(id, new Asked(filter, cover, true));
			writer.unsubscribe(id, MqttText.encode(filter));
			this.session.turns().soon();
		}
	}

	/**
	 * SUBACK.
	 * @param id its number
	 * @return what has been asked for by that number, {@code null} if nothing has
	 */
	@Nullable Subscription subscribed(int id) {
		Asked about = take(id, false);
		return (about != null) ? about.subscription : null;
	}

	/**
	 * UNSUBACK.
	 * @param id its number
	 * @return what has been ended by that number, {@code null} if nothing has
	 */
	@Nullable Asked unsubscribed(int id) {
		return take(id, true);
	}

	private @Nullable Asked take(int id, boolean ends) {
		Asked about = this.asked.get(id);
		if (about == null || about.ends != ends) {
			return null;
		}
		this.asked.remove(id);
		this.ids.release(id);
		return about;
	}

	/**
	 * What a packet is about.
	 *
	 * @param filter the filter
	 * @param subscription that it is of, or what is in its place when it ends
	 * @param ends whether it is UNSUBSCRIBE
	 */
	record Asked(String filter, @Nullable Subscription subscription, boolean ends) {

	}

}
