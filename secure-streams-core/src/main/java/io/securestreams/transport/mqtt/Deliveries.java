package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.mqtt.flow.IncomingMessage;
import io.securestreams.transport.mqtt.flow.MessagePiece;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttProperties;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.frame.PacketType;
import io.securestreams.transport.mqtt.frame.PublishHead;
import io.securestreams.transport.mqtt.topic.Route;
import io.securestreams.transport.mqtt.topic.TopicRoutes;

/**
 * What is under way from the broker to the streams: finds whom a message is for, and
 * acknowledges it once all of them have had it. Remembers over connections which messages
 * of QoS 2 have been received. On the session's executor.
 */
final class Deliveries {

	private final BrokerSession session;

	private final TopicRoutes<Interest> routes = new TopicRoutes<>(Interest::route);

	/** Messages of QoS 1 and 2 that have not been acknowledged. */
	private final IntObjectMap<IncomingMessage> pending = new IntObjectHashMap<>(16);

	/** Numbers of messages of QoS 2 that the broker may forget. */
	private final BitSet received = new BitSet();

	/** Streams that had messages of QoS 2 before the connection was lost. */
	private final IntObjectMap<List<Object>> partial = new IntObjectHashMap<>(4);

	private final Unclaimed unclaimed;

	/** Of the message that is coming in; {@code null} where a stream has left. */
	private final List<@Nullable MqttClientTransport> targets = new ArrayList<>();

	private IncomingMessage current = new IncomingMessage();

	private boolean start;

	/** Is being given to the targets, to this one now. */
	private @Nullable ByteBuf giving;

	private int givingTo;

	private int givingFlags;

	/** The payload is of a message that has been received before. */
	private boolean skipping;

	private @Nullable FrameWriter out;

	Deliveries(BrokerSession session) {
		this.session = session;
		this.unclaimed = new Unclaimed(session, this);
	}

	TopicRoutes<Interest> routes() {
		return this.routes;
	}

	/**
	 * There is a connection.
	 * @param writer where acknowledgements go
	 * @param sessionPresent whether the broker remembers the session
	 */
	void up(FrameWriter writer, boolean sessionPresent) {
		this.out = writer;
		if (!sessionPresent) {
			this.received.clear();
			this.partial.clear();
		}
	}

	/** The connection is gone, and all streams have been told, or are going to be. */
	void down() {
		this.out = null;
		this.giving = null;
		this.targets.clear();
		this.pending.forEach((id, message) -> {
			message.stale = true;
			if (message.qos == 2) {
				if (message.complete && message.waiting == 0 && !message.abandoned && message.unclaimed == 0) {
					this.received.set(id);
					this.partial.remove(id.intValue());
				}
				else if (!message.had().isEmpty()) {
					this.partial.put(id, List.copyOf(message.had()));
				}
			}
		});
		this.pending.clear();
		this.unclaimed.clear();
		this.current = new IncomingMessage();
	}

	/** Whether anything has to be remembered until the next connection. */
	boolean isEmpty() {
		return this.received.isEmpty() && this.partial.isEmpty() && this.unclaimed.isEmpty();
	}

	/** Whether the broker has to wait until streams come. */
	boolean isFull() {
		return this.unclaimed.isFull();
	}

	/** Nobody is going to take anything. */
	void release() {
		this.unclaimed.release();
	}

	/** A message begins. */
	void publish(PublishHead head, Route<Interest> route, MqttProperties properties) throws MqttViolation {
		int id = head.packetId();
		this.start = true;
		this.targets.clear();
		this.skipping = id != 0 && isKnown(head);
		if (this.skipping) {
			this.current.set(id, head.qos(), "");
			return;
		}
		IncomingMessage message = this.current;
		message.set(id, head.qos(), route.topic());
		message.retained = head.isRetained();
		message.properties = properties;
		List<Object> had = (id != 0) ? this.partial.get(id) : null;
		if (had != null) {
			had.forEach(message::had);
		}
		addTargets(message, route.targets());
		if (!route.others().isEmpty() && properties.has(MqttProperties.SUBSCRIPTION_IDENTIFIER)) {
			addTargets(message, route.others());
		}
		message.waiting = this.targets.size();
		if (id != 0) {
			this.pending.put(id, message);
		}
		if (id != 0 && !message.retained) {
			awaitAbsentees(message);
		}
		if (this.targets.isEmpty() && route.targets().isEmpty() && message.unclaimed == 0) {
			this.session.subscriptions().unwanted();
		}
		if (this.targets.isEmpty() && isUnclaimed(message, route)) {
			this.unclaimed.begin(message);
		}
	}

	private void addTargets(IncomingMessage message, List<Interest> interests) {
		List<Object> had = message.had();
		// By index: an iterator would be an object for each message
		for (int i = 0; i < interests.size(); i++) {
			Interest interest = interests.get(i);
			MqttClientTransport target = interest.member();
			if (interest.isMeant(message.properties, this.session.subscriptions().book())
					&& (had.isEmpty() || !had.contains(target.link()))
					&& this.session.gate().hasRoom(target, message.qos) && !hadRetained(message, target)
					&& (interest.index() == 0 || !this.targets.contains(target))) {
				this.targets.add(target);
			}
		}
	}

	/** What is retained comes to them with SUBSCRIBE. */
	private void awaitAbsentees(IncomingMessage message) {
		for (Interest interest : this.session.absentees().wanting(message.topic)) {
			if (interest.isMeant(message.properties, this.session.subscriptions().book())
					&& !message.had().contains(interest.member().link())) {
				this.unclaimed.await(message, interest.member());
			}
		}
	}

	/** SUBSCRIBE of somebody who has come late brings retained messages to all. */
	private boolean hadRetained(IncomingMessage message, MqttClientTransport target) {
		return message.retained && !target.wanted().takesRetained(message.topic)
				&& this.session.subscriptions().isRepeated();
	}

	/** Whether the stream that a message is for may still be coming. */
	private boolean isUnclaimed(IncomingMessage message, Route<Interest> route) {
		if (message.id == 0 || !message.had().isEmpty() || !this.session.isKept() || message.unclaimed > 0) {
			return false;
		}
		return message.properties.has(MqttProperties.SUBSCRIPTION_IDENTIFIER)
				? !this.session.subscriptions().book().isKnown(message.properties)
				: route.targets().isEmpty() && this.session.subscriptions().book().mayBeWanted(message.topic);
	}

	/** Who wants a message that has waited and has not had it. */
	List<MqttClientTransport> takers(IncomingMessage message) {
		List<MqttClientTransport> found = new ArrayList<>();
		for (Interest interest : this.routes.route(message.topic).targets()) {
			if (interest.isMeant(message.properties, this.session.subscriptions().book())
					&& !message.had().contains(interest.member().link())) {
				found.add(interest.member());
			}
		}
		return found;
	}

	private boolean isKnown(PublishHead head) throws MqttViolation {
		if (head.qos() == 2 && this.received.get(head.packetId())) {
			this.session.connection().useless().useless();
			return true;
		}
		IncomingMessage same = this.pending.get(head.packetId());
		if (same == null) {
			return false;
		}
		if (!head.isDuplicate() && same.qos == 1 && head.qos() == 1) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR,
					"packet identifier " + head.packetId() + " is used for two messages at a time");
		}
		this.session.connection().useless().useless();
		return true;
	}

	/** Payload of the message. */
	void payload(ByteBuf bytes, boolean end) {
		if (this.skipping) {
			FrameWriter writer = this.out;
			if (end && writer != null && this.received.get(this.current.id) && this.current.qos == 2) {
				writer.acknowledge(PacketType.PUBREC, this.current.id, 0);
			}
			return;
		}
		IncomingMessage message = this.current;
		int flags = (this.start ? PayloadFlags.SOM : 0) | (end ? PayloadFlags.EOM : 0);
		this.start = false;
		this.unclaimed.payload(message, bytes, flags);
		boolean shared = this.targets.size() > 1;
		this.giving = bytes;
		this.givingFlags = flags;
		for (int i = 0; i < this.targets.size(); i++) {
			MqttClientTransport target = this.targets.get(i);
			this.givingTo = i;
			if (target != null) {
				// Whoever reads moves the indices, now or later
				target.inbox().take(message, shared ? bytes.slice() : bytes, flags);
				this.session.gate().taken(target);
			}
		}
		this.giving = null;
		if (end && !message.stale) {
			message.complete = true;
			this.targets.clear();
			settle(message);
			this.unclaimed.completed(message);
			if (message.waiting > 0 || message.unclaimed > 0) {
				this.current = new IncomingMessage();
			}
		}
	}

	/** A stream has had a message. */
	void delivered(IncomingMessage message) {
		message.waiting--;
		settle(message);
	}

	/** Nobody wants a message any more. */
	void giveUp(IncomingMessage message) {
		settle(message);
	}

	private void settle(IncomingMessage message) {
		FrameWriter writer = this.out;
		if (!message.complete || message.waiting > 0 || message.id == 0 || message.stale || writer == null
				|| message.unclaimed > 0) {
			return;
		}
		this.pending.remove(message.id);
		if (message.abandoned && this.session.isKept()) {
			// It comes again with the next connection
			if (!message.had().isEmpty()) {
				this.partial.put(message.id, List.copyOf(message.had()));
			}
			return;
		}
		this.partial.remove(message.id);
		if (message.qos == 1) {
			writer.acknowledge(PacketType.PUBACK, message.id, 0);
		}
		else {
			this.received.set(message.id);
			writer.acknowledge(PacketType.PUBREC, message.id, 0);
		}
		this.session.turns().soon();
	}

	/** PUBREL: the broker does not send the message again. */
	void released(int id) throws MqttViolation {
		FrameWriter writer = this.out;
		if (writer == null) {
			return;
		}
		if (this.pending.containsKey(id)) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "PUBREL for a message that is not acknowledged");
		}
		if (!this.received.get(id)) {
			this.session.connection().useless().useless();
		}
		this.received.clear(id);
		this.partial.remove(id);
		writer.acknowledge(PacketType.PUBCOMP, id, 0);
	}

	/** A stream is there to take what nobody has claimed. */
	void join(MqttClientTransport member) {
		this.unclaimed.claim(member);
	}

	/**
	 * A stream has left, or lost its connection.
	 * @param member the stream
	 * @param connected whether there is still a connection, with other streams
	 */
	void leave(MqttClientTransport member, boolean connected) {
		boolean keeps = connected && this.session.isKept();
		List<IncomingMessage> left = new ArrayList<>();
		int place = this.targets.indexOf(member);
		if (place >= 0) {
			this.targets.set(place, null);
		}
		member.inbox().clear(new Inbox.LeftBehind() {
			@Override
			public void message(IncomingMessage message, boolean handed) {
				message.waiting--;
				left.add(message);
				if (!handed && keeps && message.id != 0) {
					Deliveries.this.unclaimed.again(message, member);
				}
				else {
					message.abandoned |= !handed;
				}
			}

			@Override
			public void piece(MessagePiece piece) {
				IncomingMessage message = piece.message();
				boolean keep = message.detached || (keeps && message.id != 0);
				if ((piece.flags() & PayloadFlags.SOM) != 0) {
					message.waiting--;
					left.add(message);
					if (keep) {
						Deliveries.this.unclaimed.await(message, member);
					}
					else {
						message.abandoned = true;
					}
				}
				if (keep) {
					Deliveries.this.unclaimed.inherit(piece, member);
				}
				else {
					piece.bytes().release();
				}
			}
		});
		if (place >= 0 && !left.contains(this.current) && !member.inbox().hasHad(this.current)) {
			// It was going to have it
			this.current.waiting--;
			left.add(this.current);
			if (keeps && this.current.id != 0) {
				this.unclaimed.await(this.current, member);
			}
			else {
				this.current.abandoned = true;
			}
		}
		ByteBuf now = this.giving;
		if (now != null && place > this.givingTo && keeps && this.current.id != 0) {
			// The handler of another stream has ended this one, which has not had it yet
			this.unclaimed.inherit(new MessagePiece(this.current, now.retainedSlice(), this.givingFlags), member);
		}
		left.forEach(this::settle);
	}

}
