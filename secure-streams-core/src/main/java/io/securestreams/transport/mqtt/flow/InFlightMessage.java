package io.securestreams.transport.mqtt.flow;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A message of QoS 1 or 2 that is under way to the broker. Used again and again.
 */
public final class InFlightMessage {

	private static final byte[] NOTHING = {};

	public int id;

	/** QoS and RETAIN, as the packet has them. */
	public int flags;

	public byte[] topic = NOTHING;

	public byte[] properties = NOTHING;

	/** {@code null} once it need not, or cannot, be sent again. */
	public @Nullable ByteBuf payload;

	public int size;

	/** The broker has it (PUBREC), and has to be told that it may forget its number. */
	public boolean released;

	/** Who is told. */
	public @Nullable Answered target;

	public long ordinal;

	/** In the order of sending. */
	public @Nullable InFlightMessage previous;

	public @Nullable InFlightMessage next;

	public int qos() {
		return this.flags >> 1;
	}

	public void clear() {
		if (this.payload != null) {
			this.payload.release();
			this.payload = null;
		}
		this.topic = NOTHING;
		this.properties = NOTHING;
		this.size = 0;
		this.released = false;
		this.target = null;
		this.previous = null;
		this.next = null;
	}

	/**
	 * Is told the broker's answer.
	 */
	public interface Answered {

		/**
		 * The broker has answered, or never will.
		 * @param ordinal the message's
		 * @param accepted whether it has the message
		 */
		void answered(long ordinal, boolean accepted);

		/**
		 * The broker does not want a message.
		 * @param ordinal the message's
		 * @param reason why, as MQTT 5 has it
		 */
		default void refused(long ordinal, int reason) {
			answered(ordinal, false);
		}

		/** A message was not complete, or nobody waits for an answer. */
		default void dropped() {
		}

		/**
		 * A message has been lost with the connection, whose end is told first.
		 * @param ordinal the message's
		 */
		default void lost(long ordinal) {
		}

		/** Whether nothing of it outlives a network connection. */
		default boolean isPassing() {
			return false;
		}

	}

}
