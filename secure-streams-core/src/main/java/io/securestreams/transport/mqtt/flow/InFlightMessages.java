package io.securestreams.transport.mqtt.flow;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.mqtt.frame.FrameWriter;
import io.securestreams.transport.mqtt.frame.PacketType;

/**
 * Messages of QoS 1 and 2 that have not been acknowledged, in the order of sending.
 * Outlive network connections. On the session's executor.
 */
public final class InFlightMessages {

	private static final int DUP = 8;

	private final PacketIds ids;

	private final int maxSpare;

	private final IntObjectMap<InFlightMessage> byId = new IntObjectHashMap<>(16);

	private final List<InFlightMessage> spare = new ArrayList<>();

	private @Nullable InFlightMessage first;

	private @Nullable InFlightMessage last;

	private int bytes;

	private int exactlyOnce;

	/**
	 * Makes none.
	 * @param ids numbers of packets
	 * @param maxSpare objects that are kept to be used again
	 */
	public InFlightMessages(PacketIds ids, int maxSpare) {
		this.ids = ids;
		this.maxSpare = maxSpare;
	}

	/**
	 * Returns how many there are.
	 * @return the number
	 */
	public int size() {
		return this.byId.size();
	}

	/**
	 * Returns how many of them are of QoS 2.
	 * @return the number
	 */
	public int exactlyOnce() {
		return this.exactlyOnce;
	}

	/**
	 * Returns how much payload is kept.
	 * @return bytes
	 */
	public int bytes() {
		return this.bytes;
	}

	/**
	 * Finds a message.
	 * @param id its number
	 * @return the message, or {@code null}
	 */
	public @Nullable InFlightMessage get(int id) {
		return this.byId.get(id);
	}

	/**
	 * Adds a message.
	 * @param target who is told
	 * @param flags QoS and RETAIN
	 * @param topic encoded
	 * @param properties encoded
	 * @param ordinal its number for the stream
	 * @return the message, with a packet's number
	 */
	public InFlightMessage add(InFlightMessage.Answered target, int flags, byte[] topic, byte[] properties,
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
		this.byId.put(message.id, message);
		this.exactlyOnce += message.qos() - 1;
		return message;
	}

	/**
	 * Keeps payload, to be sent again.
	 * @param message what it is of
	 * @param payload owned from now on
	 */
	public void keep(InFlightMessage message, ByteBuf payload) {
		message.payload = payload;
		message.size = payload.readableBytes();
		this.bytes += message.size;
	}

	/**
	 * The broker has a message (PUBREC): the payload is not needed any more.
	 * @param message the message
	 */
	public void release(InFlightMessage message) {
		message.released = true;
		this.bytes -= message.size;
		message.size = 0;
		if (message.payload != null) {
			message.payload.release();
			message.payload = null;
		}
	}

	/**
	 * Forgets a message.
	 * @param message the message, which is used again
	 */
	public void remove(InFlightMessage message) {
		this.byId.remove(message.id);
		this.ids.release(message.id);
		this.bytes -= message.size;
		this.exactlyOnce -= message.qos() - 1;
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
		if (this.spare.size() < this.maxSpare) {
			this.spare.add(message);
		}
	}

	/** Forgets all: nobody is going to answer. */
	public void clear() {
		while (this.first != null) {
			forget(this.first);
		}
	}

	/**
	 * Forgets what nobody is going to answer of a sender.
	 * @param sender who is told
	 */
	public void disown(InFlightMessage.Answered sender) {
		List<InFlightMessage> its = new ArrayList<>();
		for (InFlightMessage each = this.first; each != null; each = each.next) {
			if (each.target == sender && !each.released) {
				its.add(each);
			}
		}
		its.forEach(this::forget);
	}

	private void forget(InFlightMessage message) {
		InFlightMessage.Answered target = message.released ? null : message.target;
		long ordinal = message.ordinal;
		remove(message);
		if (target != null && ordinal >= 0) {
			target.answered(ordinal, false);
		}
	}

	/**
	 * There is a connection: sends everything again, in order.
	 * @param writer where to
	 * @param sessionPresent whether the broker remembers the session
	 * @param keptSession whether the session was to be remembered
	 */
	public void resend(FrameWriter writer, boolean sessionPresent, boolean keptSession) {
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
	public void down(boolean keptSession) {
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

}
