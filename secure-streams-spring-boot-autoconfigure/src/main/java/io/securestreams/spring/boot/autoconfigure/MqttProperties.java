package io.securestreams.spring.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.securestreams.limits.MqttLimits;

/**
 * Limits of MQTT streams, "secure-streams.mqtt".
 *
 * @param connectTimeout Most time for the broker's answers, to CONNECT and to SUBSCRIBE.
 * @param maxPacketSize Longest packet received; payload is passed on in pieces and never
 * collected.
 * @param maxInFlight Most messages of QoS 1 and 2 under way to a broker on a connection.
 * @param maxInFlightBytes Most payload of messages under way.
 * @param maxCollected Longest message that is collected before it is sent; a longer one
 * needs its length announced.
 * @param maxHeld Most that is kept of received messages for a stream that is paused.
 * @param unclaimedTime How long messages of a kept session wait for a stream that
 * subscribes to them, and how long one that is away remains subscribed.
 * @param maxUseless Packets without use that a broker may be ahead of useful ones.
 * @param slotCapacity Most bytes that one slot takes.
 */
public record MqttProperties(@DefaultValue("20s") Duration connectTimeout,
		@DefaultValue("256MB") DataSize maxPacketSize, @DefaultValue("100") int maxInFlight,
		@DefaultValue("16MB") DataSize maxInFlightBytes, @DefaultValue("4MB") DataSize maxCollected,
		@DefaultValue("1MB") DataSize maxHeld, @DefaultValue("10s") Duration unclaimedTime,
		@DefaultValue("1000") int maxUseless, @DefaultValue("64KB") DataSize slotCapacity) {

	public MqttProperties {
		// What makes no sense is to fail here, where Boot knows the keys
		limits(connectTimeout, maxPacketSize, maxInFlight, maxInFlightBytes, maxCollected, maxHeld, unclaimedTime,
				maxUseless, slotCapacity);
	}

	MqttLimits limits() {
		return limits(this.connectTimeout, this.maxPacketSize, this.maxInFlight, this.maxInFlightBytes,
				this.maxCollected, this.maxHeld, this.unclaimedTime, this.maxUseless, this.slotCapacity);
	}

	private static MqttLimits limits(Duration connectTimeout, DataSize maxPacketSize, int maxInFlight,
			DataSize maxInFlightBytes, DataSize maxCollected, DataSize maxHeld, Duration unclaimedTime, int maxUseless,
			DataSize slotCapacity) {
		return MqttLimits.builder()
			.connectTimeout(connectTimeout)
			.maxPacketSize(Math.toIntExact(maxPacketSize.toBytes()))
			.maxInFlight(maxInFlight)
			.maxInFlightBytes(Math.toIntExact(maxInFlightBytes.toBytes()))
			.maxCollected(Math.toIntExact(maxCollected.toBytes()))
			.maxHeld(Math.toIntExact(maxHeld.toBytes()))
			.unclaimedTime(unclaimedTime)
			.maxUseless(maxUseless)
			.slotCapacity(Math.toIntExact(slotCapacity.toBytes()))
			.build();
	}

}
