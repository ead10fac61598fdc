package io.securestreams.transport.websocket;

import java.time.Duration;

/**
 * Limits of WebSocket connections that no policy sets.
 *
 * @param handshakeTimeout client: from sending the opening handshake to the end of its
 * answer's head
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
public record WebSocketSettings(Duration handshakeTimeout, Duration closeTimeout, int maxHeadSize, long maxFrameSize,
		long maxMessageSize, long maxInflatedSize, int maxInflateRatio, int maxControlRate, int slotCapacity) {

	/**
	 * 20 s for the opening and 2 s for the closing handshake, heads of 32 KiB, frames of
	 * 16 MiB, messages without limit but 64 MiB if compressed, 1000 control frames per
	 * second, slots of 64 KiB.
	 */
	public static final WebSocketSettings DEFAULTS = new WebSocketSettings(Duration.ofSeconds(20),
			Duration.ofSeconds(2), 32 * 1024, 16 * 1024 * 1024, 0, 64 * 1024 * 1024, 256, 1000, 64 * 1024);

	public WebSocketSettings {
		requireAtLeast("handshakeTimeout in ms", handshakeTimeout.toMillis(), 1);
		requireAtLeast("closeTimeout in ms", closeTimeout.toMillis(), 1);
		requireAtLeast("maxHeadSize", maxHeadSize, 256);
		requireAtLeast("maxFrameSize", maxFrameSize, 125);
		requireAtLeast("maxMessageSize", maxMessageSize, 0);
		requireAtLeast("maxInflatedSize", maxInflatedSize, 1);
		requireAtLeast("maxInflateRatio", maxInflateRatio, 1);
		requireAtLeast("maxControlRate", maxControlRate, 1);
		requireAtLeast("slotCapacity", slotCapacity, 1);
	}

	/**
	 * Returns these settings with other time limits.
	 * @param handshakeTimeout see {@link #handshakeTimeout()}
	 * @param closeTimeout see {@link #closeTimeout()}
	 * @return a copy
	 */
	public WebSocketSettings withTimeouts(Duration handshakeTimeout, Duration closeTimeout) {
		return new WebSocketSettings(handshakeTimeout, closeTimeout, this.maxHeadSize, this.maxFrameSize,
				this.maxMessageSize, this.maxInflatedSize, this.maxInflateRatio, this.maxControlRate,
				this.slotCapacity);
	}

	/**
	 * Returns these settings with other size limits.
	 * @param maxFrameSize see {@link #maxFrameSize()}
	 * @param maxMessageSize see {@link #maxMessageSize()}
	 * @param maxInflatedSize see {@link #maxInflatedSize()}
	 * @return a copy
	 */
	public WebSocketSettings withSizes(long maxFrameSize, long maxMessageSize, long maxInflatedSize) {
		return new WebSocketSettings(this.handshakeTimeout, this.closeTimeout, this.maxHeadSize, maxFrameSize,
				maxMessageSize, maxInflatedSize, this.maxInflateRatio, this.maxControlRate, this.slotCapacity);
	}

	private static void requireAtLeast(String name, long value, long least) {
		if (value < least) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " or more)");
		}
	}

}
