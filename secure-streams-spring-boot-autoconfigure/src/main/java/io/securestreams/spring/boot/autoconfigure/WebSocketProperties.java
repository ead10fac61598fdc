package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.securestreams.limits.WebSocketLimits;

/**
 * Limits of WebSocket streams, "secure-streams.web-socket".
 *
 * @param handshakeTimeout Most time from sending the opening handshake to the end of its
 * answer's head, and for a server's handler to answer one.
 * @param closeTimeout Most time to wait for the peer's part of the closing handshake.
 * @param maxHeaderSize Longest head of an answer to the opening handshake.
 * @param maxFrameSize Longest payload of a received frame.
 * @param maxMessageSize Most bytes of a received message; 0 for no limit.
 * @param maxInflatedSize Most bytes that a compressed message may inflate to.
 * @param maxInflateRatio Most bytes that a message of more than 1 MiB may inflate to, per
 * byte received.
 * @param maxControlRate Most pings and pongs per second that a peer may send.
 * @param slotCapacity Most bytes that one slot takes, and so the longest payload of a
 * frame that is sent.
 */
public record WebSocketProperties(@DefaultValue("20s") Duration handshakeTimeout,
		@DefaultValue("2s") Duration closeTimeout, @DefaultValue("32KB") DataSize maxHeaderSize,
		@DefaultValue("16MB") DataSize maxFrameSize, @DefaultValue("0B") DataSize maxMessageSize,
		@DefaultValue("64MB") DataSize maxInflatedSize, @DefaultValue("256") int maxInflateRatio,
		@DefaultValue("1000") int maxControlRate, @DefaultValue("64KB") DataSize slotCapacity) {

	public WebSocketProperties {
		// What makes no sense is to fail here, where Boot knows the keys
		limits(handshakeTimeout, closeTimeout, maxHeaderSize, maxFrameSize, maxMessageSize, maxInflatedSize,
				maxInflateRatio, maxControlRate, slotCapacity);
	}

	WebSocketLimits limits() {
		return limits(this.handshakeTimeout, this.closeTimeout, this.maxHeaderSize, this.maxFrameSize,
				this.maxMessageSize, this.maxInflatedSize, this.maxInflateRatio, this.maxControlRate,
				this.slotCapacity);
	}

	private static WebSocketLimits limits(Duration handshakeTimeout, Duration closeTimeout, DataSize maxHeaderSize,
			DataSize maxFrameSize, DataSize maxMessageSize, DataSize maxInflatedSize, int maxInflateRatio,
			int maxControlRate, DataSize slotCapacity) {
		return WebSocketLimits.builder()
			.handshakeTimeout(handshakeTimeout)
			.closeTimeout(closeTimeout)
			.maxHeadSize(Math.toIntExact(maxHeaderSize.toBytes()))
			.maxFrameSize(maxFrameSize.toBytes())
			.maxMessageSize(maxMessageSize.toBytes())
			.maxInflatedSize(maxInflatedSize.toBytes())
			.maxInflateRatio(maxInflateRatio)
			.maxControlRate(maxControlRate)
			.slotCapacity(Math.toIntExact(slotCapacity.toBytes()))
			.build();
	}

}
