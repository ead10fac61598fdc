package io.securestreams.transport.mqtt;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.MqttLimits;
import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.MqttViolation;
import io.securestreams.transport.mqtt.frame.PacketType;
import io.securestreams.transport.mqtt.flow.PacketIds;
import io.securestreams.transport.mqtt.flow.Departures;
import io.securestreams.transport.mqtt.flow.InFlightMessage;
import io.securestreams.transport.mqtt.flow.InFlightMessages;
import io.securestreams.transport.mqtt.settings.BrokerLimits;

/**
 * What is under way to the broker: who is to have a slot, and which messages have not
 * been acknowledged. Outlives network connections. On the session's executor.
 */
final class Outbox {

	/** Reason codes from here on are failures. */
	private static final int FAILURE = 0x80;

	private static final int PACKET_ID_NOT_FOUND = 0x92;

	private final MqttLimits limits;

	private final Deque<MqttClientTransport> ready = new ArrayDeque<>();

	/** Wait until fewer messages are under way. */
	private final Deque<MqttClientTransport> blocked = new ArrayDeque<>();

	private final InFlightMessages inFlight;

	private final Departures departures;

	/** Most messages under way; the broker may want fewer. */
	private int window;

	/** Most of those of QoS 2. */
	private int exactlyOnceWindow;

	/** Longest packet the broker takes. */
	private long maxPacketSize = Long.MAX_VALUE;

	/** In the middle of a long message, which has the connection for itself. */
	private @Nullable MqttClientTransport streaming;

	/** That message, of QoS 1 and 2; others may be added while it lasts. */
	private @Nullable InFlightMessage streamed;

	private @Nullable FrameWriter out;

	Outbox(MqttLimits limits, PacketIds ids) {
		this.limits = limits;
		this.window = Math.min(limits.maxInFlight(), PacketIds.MAX_MESSAGES);
		this.exactlyOnceWindow = this.window;
		this.inFlight = new InFlightMessages(ids, this.window);
		this.departures = new Departures(this.window);
	}

	/**
	 * There is a connection: sends again what has not been acknowledged, in order.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers the session
	 * @param keptSession whether the session was to be remembered
	 * @param limiting what the broker takes
	 */
	void up(FrameWriter writer, boolean sessionPresent, boolean keptSession, BrokerLimits limiting) {
		this.out = writer;
		this.window = Math.min(Math.min(this.limits.maxInFlight(), PacketIds.MAX_MESSAGES), limiting.receiveMaximum());
		this.exactlyOnceWindow = Math.min(this.window, limiting.exactlyOnceMaximum());
		this.maxPacketSize = limiting.maximumPacketSize();
		this.inFlight.resend(writer, sessionPresent, keptSession);
		unblock();
	}

	/**
	 * The connection is gone.
	 * @param keptSession whether messages may be sent again
	 */
	void down(boolean keptSession) {
		this.out = null;
		if (this.streaming != null && this.streaming.qos() == 0) {
			// Of QoS 1 and 2 it is in flight from its first piece on
			this.streaming.owner().dropped();
		}
		this.streaming = null;
		this.streamed = null;
		this.ready.clear();
		this.blocked.clear();
		this.departures.drop();
		this.inFlight.down(keptSession);
	}

	/** Nobody is going to answer what a stream has sent, which goes on elsewhere. */
	void disown(InFlightMessage.Answered owner) {
		this.inFlight.disown(owner);
	}

	/** Forgets all that is under way. */
	void release() {
		this.inFlight.clear();
	}

	Departures departures() {
		return this.departures;
	}

	boolean isEmpty() {
		return this.inFlight.size() == 0;
	}

	/** A stream wants a slot. */
	void request(MqttClientTransport member) {
		this.ready.add(member);
	}

	/** A stream is no longer connected. */
	void leave(MqttClientTransport member) {
		this.ready.remove(member);
		this.blocked.remove(member);
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
		while (next != null && next.needsWindow() && !hasWindow(next.qos())) {
			this.blocked.add(next);
			next = this.ready.poll();
		}
		return next;
	}

	boolean isDue() {
		return (this.streaming != null) ? this.ready.contains(this.streaming) : !this.ready.isEmpty();
	}

	boolean hasWindow(int qos) {
		return this.inFlight.size() < this.window && (qos < 2 || this.inFlight.exactlyOnce() < this.exactlyOnceWindow)
				&& this.inFlight.bytes() < this.limits.maxInFlightBytes();
	}

	/** Whether the broker takes a packet of that size. */
	boolean takes(byte[] topic, int qos, byte[] properties, long length) {
		FrameWriter writer = this.out;
		return writer != null && writer.publishSize(topic, qos, properties, length) <= this.maxPacketSize;
	}

	/**
	 * Sends a message.
	 * @param target who is told the answer
	 * @param flags QoS and RETAIN
	 * @param topic encoded
	 * @param properties encoded
	 * @param payload owned from now on
	 * @param ordinal its number
	 */
	void publish(InFlightMessage.Answered target, int flags, byte[] topic, byte[] properties, ByteBuf payload,
			long ordinal) {
		FrameWriter writer = this.out;
		if (writer == null) {
			payload.release();
			return;
		}
		if (flags < 2) {
			writer.publish(topic, flags, 0, properties, payload);
			this.departures.add(target, ordinal);
			return;
		}
		InFlightMessage message = this.inFlight.add(target, flags, topic, properties, ordinal);
		int length = payload.readableBytes();
		this.inFlight.keep(message, payload);
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
		InFlightMessage message = (flags >= 2) ? this.inFlight.add(member.owner(), flags, topic, properties, -1) : null;
		this.streamed = message;
		writer.publishHead(topic, flags, (message != null) ? message.id : 0, properties, length);
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
			InFlightMessage message = this.streamed;
			this.streamed = null;
			if (message != null) {
				message.ordinal = ordinal;
			}
			else {
				this.departures.add(member.owner(), ordinal);
			}
		}
	}

	private void unblock() {
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
		if (message == this.streamed) {
			throw new MqttViolation(MqttViolation.PROTOCOL_ERROR, "packet " + id + " is answered before its end");
		}
		InFlightMessage.Answered target = message.target;
		long ordinal = message.ordinal;
		boolean known = message.released;
		boolean accepted = reason < FAILURE;
		if (type == PacketType.PUBREC && accepted) {
			this.inFlight.release(message);
			unblock();
			writer.acknowledge(PacketType.PUBREL, id, 0);
		}
		else {
			this.inFlight.remove(message);
			unblock();
		}
		if (!known && target != null) {
			if (accepted) {
				target.answered(ordinal, true);
			}
			else {
				target.refused(ordinal, reason);
			}
		}
		return !known || type == PacketType.PUBCOMP;
	}

}
