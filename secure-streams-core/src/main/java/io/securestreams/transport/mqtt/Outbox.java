package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.MqttLimits;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.frame.PacketType;

/**
 * What is under way to the broker: who is to have a slot, and which messages have not
 * been acknowledged. Outlives network connections. On the session's executor.
 */
final class Outbox {

	private static final int DUP = 8;

	/** Reason codes from here on are failures. */
	private static final int FAILURE = 0x80;

	private static final int PACKET_ID_NOT_FOUND = 0x92;

	private final MqttLimits limits;

	private final PacketIds ids;

	private final Deque<MqttClientTransport> ready = new ArrayDeque<>();

	/** Wait until fewer messages are under way. */
	private final Deque<MqttClientTransport> blocked = new ArrayDeque<>();

	private final IntObjectMap<InFlightMessage> inFlight = new IntObjectHashMap<>(16);

	private final List<InFlightMessage> spare = new ArrayList<>();

	private @Nullable InFlightMessage first;

	private @Nullable InFlightMessage last;

	private int inFlightBytes;

	/** Most messages under way; the broker may want fewer. */
	private int window;

	/** Longest packet the broker takes. */
	private long maxPacketSize = Long.MAX_VALUE;

	/** Messages of QoS 0 that have not left yet. */
	private final Deque<Unflushed> unflushed = new ArrayDeque<>();

	private final List<Unflushed> spareUnflushed = new ArrayList<>();

	/** In the middle of a long message, which has the connection for itself. */
	private @Nullable MqttClientTransport streaming;

	private @Nullable FrameWriter out;

	private long turn;

	Outbox(MqttLimits limits, PacketIds ids) {
		this.limits = limits;
		this.ids = ids;
		this.window = limits.maxInFlight();
	}

	/**
	 * There is a connection: sends again what has not been acknowledged, in order.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers the session
	 * @param keptSession whether the session was to be remembered
	 * @param receiveMaximum most messages under way that the broker takes
	 * @param packetSize longest packet that the broker takes
	 */
	void up(FrameWriter writer, boolean sessionPresent, boolean keptSession, int receiveMaximum, long packetSize) {
		this.out = writer;
		this.window = Math.min(this.limits.maxInFlight(), receiveMaximum);
		this.maxPacketSize = packetSize;
		InFlightMessage next = this.first;
		while (next != null) {
			InFlightMessage message = next;
			next = message.next;
			resend(writer, message, sessionPresent, keptSession);
		}
	}

	private void resend(FrameWriter writer, InFlightMessage message, boolean sessionPresent, boolean keptSession) {
		ByteBuf payload = message.payload;
		if (message.released) {
			if (sessionPresent) {
				writer.acknowledge(PacketType.PUBREL, message.id, 0);
			}
			else {
				remove(message);
			}
		}
		else if (payload != null && (sessionPresent || (keptSession && message.qos() == 1))) {
			writer.publish(message.topic, message.flags | (sessionPresent ? DUP : 0), message.id, message.properties,
					payload.retainedDuplicate());
		}
		else {
			// Whether the broker has it nobody knows, and QoS 2 must not send it twice
			InFlightMessage.Answered target = message.target;
			long ordinal = message.ordinal;
			remove(message);
			if (target != null) {
				target.answered(ordinal, false);
			}
		}
	}

	/**
	 * The connection is gone.
	 * @param keptSession whether messages may be sent again
	 */
	void down(boolean keptSession) {
		this.out = null;
		this.streaming = null;
		this.ready.clear();
		this.blocked.clear();
		drop(null);
		InFlightMessage next = this.first;
		while (next != null) {
			InFlightMessage message = next;
			next = message.next;
			boolean whole = message.ordinal >= 0;
			InFlightMessage.Answered target = message.target;
			if (target != null && (!whole || target.isPassing())) {
				remove(message);
				target.dropped();
			}
			else if (!keptSession && message.payload != null) {
				message.payload.release();
				message.payload = null;
			}
		}
	}

	/** Messages of QoS 0 that have not left are not going to. */
	private void drop(@Nullable MqttClientTransport member) {
		this.unflushed.removeIf((each) -> {
			boolean drops = member == null || each.member == member;
			if (drops && each.target != null) {
				each.target.dropped();
			}
			return drops;
		});
	}

	/** Forgets all that is under way. */
	void release() {
		while (this.first != null) {
			remove(this.first);
		}
	}

	boolean isEmpty() {
		return this.first == null;
	}

	/** A stream wants a slot. */
	void request(MqttClientTransport member) {
		this.ready.add(member);
	}

	/** A stream is no longer connected. */
	void leave(MqttClientTransport member) {
		this.ready.remove(member);
		this.blocked.remove(member);
		drop(member);
	}

	boolean isStreaming(MqttClientTransport member) {
		return this.streaming == member;
	}

	/** The next stream that is to do something, {@code null} if there is none. */
	@Nullable MqttClientTransport next() {
		MqttClientTransport alone = this.streaming;
		if (alone != null) {
			return this.ready.remove(alone) ? alone : null;
		}
		MqttClientTransport next = this.ready.poll();
		while (next != null && next.needsWindow() && !hasWindow()) {
			this.blocked.add(next);
			next = this.ready.poll();
		}
		return next;
	}

	boolean isDue() {
		return (this.streaming != null) ? this.ready.contains(this.streaming) : !this.ready.isEmpty();
	}

	boolean hasWindow() {
		return this.inFlight.size() < this.window && this.inFlightBytes < this.limits.maxInFlightBytes();
	}

	/** Whether the broker takes a packet of that size. */
	boolean takes(byte[] topic, int qos, byte[] properties, long length) {
		FrameWriter writer = this.out;
		return writer != null && writer.publishSize(topic, qos, properties, length) <= this.maxPacketSize;
	}

	/**
	 * Sends a message.
	 * @param target who is told the answer
	 * @param member the stream, or {@code null} for a message of the policy's
	 * @param flags QoS and RETAIN
	 * @param topic encoded
	 * @param properties encoded
	 * @param payload owned from now on
	 * @param ordinal its number
	 */
	void publish(InFlightMessage.Answered target, @Nullable MqttClientTransport member, int flags, byte[] topic,
			byte[] properties, ByteBuf payload, long ordinal) {
		FrameWriter writer = this.out;
		if (writer == null) {
			payload.release();
			return;
		}
		if (flags < 2) {
			writer.publish(topic, flags, 0, properties, payload);
			addUnflushed(target, member, ordinal);
			return;
		}
		InFlightMessage message = add(target, flags, topic, properties, ordinal);
		int length = payload.readableBytes();
		message.payload = payload;
		message.size = length;
		this.inFlightBytes += length;
		// The connection moves the indices of what it is given
		writer.publish(topic, flags, message.id, properties,
				(length < FrameWriter.PASS_ON) ? payload.retain() : payload.retainedDuplicate());
	}

	/**
	 * Starts a message whose payload follows with {@link #payload}.
	 * @param member the stream, which has the connection for itself until the end
	 * @param length bytes of payload
	 */
	void stream(MqttClientTransport member, int flags, byte[] topic, byte[] properties, int length) {
		FrameWriter writer = this.out;
		if (writer == null) {
			return;
		}
		this.streaming = member;
		int id = 0;
		if (flags >= 2) {
			id = add(member.owner(), flags, topic, properties, -1).id;
		}
		writer.publishHead(topic, flags, id, properties, length);
	}

	/** Sends a piece of the message that has been started. */
	void payload(MqttClientTransport member, ByteBuf piece, boolean end, long ordinal) {
		FrameWriter writer = this.out;
		if (writer == null || this.streaming != member) {
			piece.release();
			return;
		}
		writer.payload(piece);
		if (end) {
			this.streaming = null;
			InFlightMessage message = this.last;
			if (message != null && message.ordinal < 0) {
				message.ordinal = ordinal;
			}
			else {
				addUnflushed(member.owner(), member, ordinal);
			}
		}
	}

	private InFlightMessage add(InFlightMessage.Answered target, int flags, byte[] topic, byte[] properties,
			long ordinal) {
		InFlightMessage message = this.spare.isEmpty() ? new InFlightMessage()
				: this.spare.remove(this.spare.size() - 1);
		message.id = this.ids.take();
		message.flags = flags;
		message.topic = topic;
		message.properties = properties;
		message.target = target;
		message.ordinal = ordinal;
		message.previous = this.last;
		if (this.last != null) {
			this.last.next = message;
		}
		else {
			this.first = message;
		}
		this.last = message;
		this.inFlight.put(message.id, message);
		return message;
	}

	private void remove(InFlightMessage message) {
		this.inFlight.remove(message.id);
		this.ids.release(message.id);
		this.inFlightBytes -= message.size;
		InFlightMessage before = message.previous;
		InFlightMessage after = message.next;
		if (before != null) {
			before.next = after;
		}
		else {
			this.first = after;
		}
		if (after != null) {
			after.previous = before;
		}
		else {
			this.last = before;
		}
		message.clear();
		if (this.spare.size() < this.limits.maxInFlight()) {
			this.spare.add(message);
		}
		while (!this.blocked.isEmpty()) {
			this.ready.add(this.blocked.remove());
		}
	}

	/**
	 * The broker has answered.
	 * @param type PUBACK, PUBREC or PUBCOMP
	 * @param id number of the message
	 * @param reason 0x80 and more if the broker does not want it
	 * @return whether this was about a message that is under way
	 * @throws MqttViolation if it must not come
	 */
	boolean acknowledged(int type, int id, int reason) throws MqttViolation {
		InFlightMessage message = this.inFlight.get(id);
		FrameWriter writer = this.out;
		if (writer == null) {
			return false;
		}
		if (message == null) {
			if (type == PacketType.PUBREC) {
				// Of an earlier life of ours: this is how the broker gets rid of it
				writer.acknowledge(PacketType.PUBREL, id, PACKET_ID_NOT_FOUND);
			}
			return false;
		}
		if ((type == PacketType.PUBACK) != (message.qos() == 1)) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR,
					"packet " + id + " of QoS " + message.qos() + " is answered by type " + type);
		}
		InFlightMessage.Answered target = message.target;
		long ordinal = message.ordinal;
		boolean known = message.released;
		boolean accepted = reason < FAILURE;
		if (type == PacketType.PUBREC && accepted) {
			release(message);
			writer.acknowledge(PacketType.PUBREL, id, 0);
		}
		else {
			remove(message);
		}
		if (!known && target != null) {
			target.answered(ordinal, accepted);
		}
		return !known || type == PacketType.PUBCOMP;
	}

	private void release(InFlightMessage message) {
		message.released = true;
		this.inFlightBytes -= message.size;
		message.size = 0;
		if (message.payload != null) {
			message.payload.release();
			message.payload = null;
		}
	}

	private void addUnflushed(InFlightMessage.Answered target, @Nullable MqttClientTransport member, long ordinal) {
		Unflushed entry = this.spareUnflushed.isEmpty() ? new Unflushed()
				: this.spareUnflushed.remove(this.spareUnflushed.size() - 1);
		entry.target = target;
		entry.member = member;
		entry.ordinal = ordinal;
		entry.turn = this.turn;
		this.unflushed.add(entry);
	}

	boolean hasUnflushed() {
		return !this.unflushed.isEmpty();
	}

	/**
	 * What has been written is being sent.
	 * @return the number of the turn that is over
	 */
	long endTurn() {
		return this.turn++;
	}

	/**
	 * Everything has left that was written in a turn, and before.
	 * @param number the turn's
	 */
	void flushed(long number) {
		while (true) {
			Unflushed entry = this.unflushed.peek();
			if (entry == null || entry.turn > number) {
				return;
			}
			this.unflushed.remove();
			InFlightMessage.Answered target = entry.target;
			long ordinal = entry.ordinal;
			entry.target = null;
			entry.member = null;
			if (this.spareUnflushed.size() < this.limits.maxInFlight()) {
				this.spareUnflushed.add(entry);
			}
			if (target != null) {
				target.answered(ordinal, true);
			}
		}
	}

	/** A message of QoS 0 on its way to the system. Used again and again. */
	private static final class Unflushed {

		private InFlightMessage.@Nullable Answered target;

		private @Nullable MqttClientTransport member;

		private long ordinal;

		private long turn;

	}

}
