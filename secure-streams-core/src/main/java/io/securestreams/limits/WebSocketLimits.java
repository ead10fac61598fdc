package io.securestreams.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of WebSocket streams.
 */
public final class WebSocketLimits extends Limits {

	/**
	 * 20 s for the opening and 2 s for the closing handshake, heads of 32 KiB, frames of
	 * 16 MiB, messages without limit but 64 MiB if compressed, 1000 control frames per
	 * second, slots of 64 KiB.
	 */
	public static final WebSocketLimits DEFAULTS = builder().build();

	private final Builder given;

	private WebSocketLimits(Builder builder) {
		Require.oneMillisecond("handshakeTimeout", builder.handshakeTimeout);
		Require.oneMillisecond("closeTimeout", builder.closeTimeout);
		Require.atLeast("maxHeadSize", builder.maxHeadSize, 256);
		Require.atLeast("maxFrameSize", builder.maxFrameSize, 125);
		Require.atLeast("maxMessageSize", builder.maxMessageSize, 0);
		Require.atLeast("maxInflatedSize", builder.maxInflatedSize, 1);
		Require.atLeast("maxInflateRatio", builder.maxInflateRatio, 1);
		Require.atLeast("maxControlRate", builder.maxControlRate, 1);
		Require.atLeast("slotCapacity", builder.slotCapacity, 1);
		this.given = new Builder(builder);
	}

	/**
	 * Starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Starts with these limits.
	 * @return a builder
	 */
	public Builder toBuilder() {
		return new Builder(this.given);
	}

	/**
	 * Returns {@code handshakeTimeout}.
	 * @return client: from sending the opening handshake to the end of its answer's head;
	 * server: for the application to answer an opening handshake
	 */
	public Duration handshakeTimeout() {
		return this.given.handshakeTimeout;
	}

	/**
	 * Returns {@code closeTimeout}.
	 * @return most time to wait for the peer's part of the closing handshake (RFC 6455
	 * section 7.1)
	 */
	public Duration closeTimeout() {
		return this.given.closeTimeout;
	}

	/**
	 * Returns {@code maxHeadSize}.
	 * @return longest head of an answer to the opening handshake, bytes
	 */
	public int maxHeadSize() {
		return this.given.maxHeadSize;
	}

	/**
	 * Returns {@code maxFrameSize}.
	 * @return longest payload of a received frame, bytes; a longer frame ends the
	 * connection with code 1009
	 */
	public long maxFrameSize() {
		return this.given.maxFrameSize;
	}

	/**
	 * Returns {@code maxMessageSize}.
	 * @return most bytes of a received message, 0 for no limit; messages are passed on in
	 * pieces and never collected, so that a long one costs no memory
	 */
	public long maxMessageSize() {
		return this.given.maxMessageSize;
	}

	/**
	 * Returns {@code maxInflatedSize}.
	 * @return most bytes a compressed message may inflate to
	 */
	public long maxInflatedSize() {
		return this.given.maxInflatedSize;
	}

	/**
	 * Returns {@code maxInflateRatio}.
	 * @return most bytes that each byte of a message of more than 1 MiB may inflate to
	 */
	public int maxInflateRatio() {
		return this.given.maxInflateRatio;
	}

	/**
	 * Returns {@code maxControlRate}.
	 * @return most pings and pongs per second that a peer may send; more end the
	 * connection with code 1008
	 */
	public int maxControlRate() {
		return this.given.maxControlRate;
	}

	/**
	 * Returns {@code slotCapacity}.
	 * @return most bytes a slot takes, and so the longest payload of a frame that is sent
	 */
	public int slotCapacity() {
		return this.given.slotCapacity;
	}

	/**
	 * Returns these limits with other time limits.
	 * @param handshakeTimeout see {@link #handshakeTimeout()}
	 * @param closeTimeout see {@link #closeTimeout()}
	 * @return a copy
	 */
	public WebSocketLimits withTimeouts(Duration handshakeTimeout, Duration closeTimeout) {
		return toBuilder().handshakeTimeout(handshakeTimeout).closeTimeout(closeTimeout).build();
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("handshakeTimeout", this.given.handshakeTimeout);
		values.put("closeTimeout", this.given.closeTimeout);
		values.put("maxHeadSize", this.given.maxHeadSize);
		values.put("maxFrameSize", this.given.maxFrameSize);
		values.put("maxMessageSize", this.given.maxMessageSize);
		values.put("maxInflatedSize", this.given.maxInflatedSize);
		values.put("maxInflateRatio", this.given.maxInflateRatio);
		values.put("maxControlRate", this.given.maxControlRate);
		values.put("slotCapacity", this.given.slotCapacity);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private Duration handshakeTimeout = Duration.ofSeconds(20);

		private Duration closeTimeout = Duration.ofSeconds(2);

		private int maxHeadSize = 32 * 1024;

		private long maxFrameSize = 16 * 1024 * 1024;

		private long maxMessageSize = 0;

		private long maxInflatedSize = 64 * 1024 * 1024;

		private int maxInflateRatio = 256;

		private int maxControlRate = 1000;

		private int slotCapacity = 64 * 1024;

		private Builder() {
		}

		private Builder(Builder from) {
			this.handshakeTimeout = from.handshakeTimeout;
			this.closeTimeout = from.closeTimeout;
			this.maxHeadSize = from.maxHeadSize;
			this.maxFrameSize = from.maxFrameSize;
			this.maxMessageSize = from.maxMessageSize;
			this.maxInflatedSize = from.maxInflatedSize;
			this.maxInflateRatio = from.maxInflateRatio;
			this.maxControlRate = from.maxControlRate;
			this.slotCapacity = from.slotCapacity;
		}

		/**
		 * Sets {@code handshakeTimeout}.
		 * @param handshakeTimeout client: from sending the opening handshake to the end
		 * of its answer's head; server: for the application to answer an opening
		 * handshake
		 * @return this builder
		 */
		public Builder handshakeTimeout(Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
			return this;
		}

		/**
		 * Sets {@code closeTimeout}.
		 * @param closeTimeout most time to wait for the peer's part of the closing
		 * handshake (RFC 6455 section 7.1)
		 * @return this builder
		 */
		public Builder closeTimeout(Duration closeTimeout) {
			this.closeTimeout = closeTimeout;
			return this;
		}

		/**
		 * Sets {@code maxHeadSize}.
		 * @param maxHeadSize longest head of an answer to the opening handshake, bytes
		 * @return this builder
		 */
		public Builder maxHeadSize(int maxHeadSize) {
			this.maxHeadSize = maxHeadSize;
			return this;
		}

		/**
		 * Sets {@code maxFrameSize}.
		 * @param maxFrameSize longest payload of a received frame, bytes; a longer frame
		 * ends the connection with code 1009
		 * @return this builder
		 */
		public Builder maxFrameSize(long maxFrameSize) {
			this.maxFrameSize = maxFrameSize;
			return this;
		}

		/**
		 * Sets {@code maxMessageSize}.
		 * @param maxMessageSize most bytes of a received message, 0 for no limit;
		 * messages are passed on in pieces and never collected, so that a long one costs
		 * no memory
		 * @return this builder
		 */
		public Builder maxMessageSize(long maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
			return this;
		}

		/**
		 * Sets {@code maxInflatedSize}.
		 * @param maxInflatedSize most bytes a compressed message may inflate to
		 * @return this builder
		 */
		public Builder maxInflatedSize(long maxInflatedSize) {
			this.maxInflatedSize = maxInflatedSize;
			return this;
		}

		/**
		 * Sets {@code maxInflateRatio}.
		 * @param maxInflateRatio most bytes that a message of more than 1 MiB may inflate
		 * to, per byte received
		 * @return this builder
		 */
		public Builder maxInflateRatio(int maxInflateRatio) {
			this.maxInflateRatio = maxInflateRatio;
			return this;
		}

		/**
		 * Sets {@code maxControlRate}.
		 * @param maxControlRate most pings and pongs per second that a peer may send;
		 * more end the connection with code 1008
		 * @return this builder
		 */
		public Builder maxControlRate(int maxControlRate) {
			this.maxControlRate = maxControlRate;
			return this;
		}

		/**
		 * Sets {@code slotCapacity}.
		 * @param slotCapacity most bytes a slot takes, and so the longest payload of a
		 * frame that is sent
		 * @return this builder
		 */
		public Builder slotCapacity(int slotCapacity) {
			this.slotCapacity = slotCapacity;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public WebSocketLimits build() {
			return new WebSocketLimits(this);
		}

	}

}
