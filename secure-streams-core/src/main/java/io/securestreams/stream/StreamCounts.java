package io.securestreams.stream;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Totals over the life of a stream, at one moment.
 */
public final class StreamCounts {

	/** Nothing has happened yet. */
	public static final StreamCounts NONE = new Builder().build();

	private final long[] values;

	private StreamCounts(long[] values) {
		this.values = values;
	}

	/**
	 * Starts to make totals.
	 * @return with zeros
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the connection attempts.
	 * @return how many
	 */
	public long attempts() {
		return this.values[0];
	}

	/**
	 * Returns how often the stream was CONNECTED.
	 * @return how often
	 */
	public long connections() {
		return this.values[1];
	}

	/**
	 * Returns how often it was UNREACHABLE.
	 * @return how often
	 */
	public long failures() {
		return this.values[2];
	}

	/**
	 * Returns how often QOS_ACK_REMOTE was announced.
	 * @return how often
	 */
	public long acknowledged() {
		return this.values[3];
	}

	/**
	 * Returns how often QOS_NACK_REMOTE was announced.
	 * @return how often
	 */
	public long rejected() {
		return this.values[4];
	}

	/**
	 * Returns the payload received.
	 * @return bytes
	 */
	public long receivedBytes() {
		return this.values[5];
	}

	/**
	 * Returns the messages whose end was received.
	 * @return how many
	 */
	public long receivedMessages() {
		return this.values[6];
	}

	/**
	 * Returns the payload sent.
	 * @return bytes
	 */
	public long sentBytes() {
		return this.values[7];
	}

	/**
	 * Returns the messages whose end was sent.
	 * @return how many
	 */
	public long sentMessages() {
		return this.values[8];
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof StreamCounts counts && Arrays.equals(counts.values, this.values);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.values);
	}

	@Override
	public String toString() {
		return "attempts " + attempts() + ", connections " + connections() + ", failures " + failures()
				+ ", acknowledged " + acknowledged() + ", rejected " + rejected() + ", received " + receivedBytes()
				+ " bytes in " + receivedMessages() + " messages, sent " + sentBytes() + " bytes in " + sentMessages()
				+ " messages";
	}

	/**
	 * Collects totals.
	 */
	public static final class Builder {

		private final long[] values = new long[9];

		private Builder() {
		}

		private Builder set(int index, long value) {
			this.values[index] = value;
			return this;
		}

		/**
		 * Sets {@link StreamCounts#attempts()}.
		 * @param total how many
		 * @return this builder
		 */
		public Builder attempts(long total) {
			return set(0, total);
		}

		/**
		 * Sets {@link StreamCounts#connections()}.
		 * @param total how often
		 * @return this builder
		 */
		public Builder connections(long total) {
			return set(1, total);
		}

		/**
		 * Sets {@link StreamCounts#failures()}.
		 * @param total how often
		 * @return this builder
		 */
		public Builder failures(long total) {
			return set(2, total);
		}

		/**
		 * Sets {@link StreamCounts#acknowledged()}.
		 * @param total how often
		 * @return this builder
		 */
		public Builder acknowledged(long total) {
			return set(3, total);
		}

		/**
		 * Sets {@link StreamCounts#rejected()}.
		 * @param total how often
		 * @return this builder
		 */
		public Builder rejected(long total) {
			return set(4, total);
		}

		/**
		 * Sets what was received.
		 * @param bytes of payload
		 * @param messages whose end was received
		 * @return this builder
		 */
		public Builder received(long bytes, long messages) {
			return set(5, bytes).set(6, messages);
		}

		/**
		 * Sets what was sent.
		 * @param bytes of payload
		 * @param messages whose end was sent
		 * @return this builder
		 */
		public Builder sent(long bytes, long messages) {
			return set(7, bytes).set(8, messages);
		}

		/**
		 * Makes the totals.
		 * @return what has been set
		 */
		public StreamCounts build() {
			return new StreamCounts(this.values.clone());
		}

	}

}
