package io.securestreams.limits;

import java.time.Duration;

/**
 * Limits of WebSocket streams.
 *
 * @param handshakeTimeout client: from sending the opening handshake to the end of its
 * answer's head; server: for the application to answer an opening handshake
 * @param closeTimeout most time to wait for the peer's part of the closing handshake (RFC
 * 6455 section 7.1)
 * @param maxHeadSize longest head of an answer to the opening handshake, bytes
 * @param maxFrameSize longest payload of a received frame, bytes; a longer frame ends the
 * connection with code 1009
 * @param maxMessageSize most bytes of a received message, 0 for no limit; messages are
 * passed on in pieces and never collected, so that a long one costs no memory
 * @param maxInflatedSize most bytes a compressed message may inflate to
 * @param maxInflateRatio most bytes that a message of more than 1 MiB may inflate to, per
 * byte received
 * @param maxControlRate most pings and pongs per second that a peer may send; more end
 * the connection with code 1008
 * @param slotCapacity most bytes a slot takes, and so the longest payload of a frame that
 * is sent
 */
public record WebSocketLimits(Duration handshakeTimeout, Duration closeTimeout, int maxHeadSize, long maxFrameSize,
		long maxMessageSize, long maxInflatedSize, int maxInflateRatio, int maxControlRate, int slotCapacity) {

	/**
	 * 20 s for the opening and 2 s for the closing handshake, heads of 32 KiB, frames of
	 * 16 MiB, messages without limit but 64 MiB if compressed, 1000 control frames per
	 * second, slots of 64 KiB.
	 */
	public static final WebSocketLimits DEFAULTS = new WebSocketLimits(Duration.ofSeconds(20), Duration.ofSeconds(2),
			32 * 1024, 16 * 1024 * 1024, 0, 64 * 1024 * 1024, 256, 1000, 64 * 1024);

	public WebSocketLimits {
		Require.oneMillisecond("handshakeTimeout", handshakeTimeout);
		Require.oneMillisecond("closeTimeout", closeTimeout);
		Require.atLeast("maxHeadSize", maxHeadSize, 256);
		Require.atLeast("maxFrameSize", maxFrameSize, 125);
		Require.atLeast("maxMessageSize", maxMessageSize, 0);
		Require.atLeast("maxInflatedSize", maxInflatedSize, 1);
		Require.atLeast("maxInflateRatio", maxInflateRatio, 1);
		Require.atLeast("maxControlRate", maxControlRate, 1);
		Require.atLeast("slotCapacity", slotCapacity, 1);
	}

	/**
	 * Returns these limits with other time limits.
	 * @param handshakeTimeout see {@link #handshakeTimeout()}
	 * @param closeTimeout see {@link #closeTimeout()}
	 * @return a copy
	 */
	public WebSocketLimits withTimeouts(Duration handshakeTimeout, Duration closeTimeout) {
		return new WebSocketLimits(handshakeTimeout, closeTimeout, this.maxHeadSize, this.maxFrameSize,
				this.maxMessageSize, this.maxInflatedSize, this.maxInflateRatio, this.maxControlRate,
				this.slotCapacity);
	}

	/**
	 * Returns these limits with other size limits.
	 * @param maxFrameSize see {@link #maxFrameSize()}
	 * @param maxMessageSize see {@link #maxMessageSize()}
	 * @param maxInflatedSize see {@link #maxInflatedSize()}
	 * @return a copy
	 */
	public WebSocketLimits withSizes(long maxFrameSize, long maxMessageSize, long maxInflatedSize) {
		return new WebSocketLimits(this.handshakeTimeout, this.closeTimeout, this.maxHeadSize, maxFrameSize,
				maxMessageSize, maxInflatedSize, this.maxInflateRatio, this.maxControlRate, this.slotCapacity);
	}

}
