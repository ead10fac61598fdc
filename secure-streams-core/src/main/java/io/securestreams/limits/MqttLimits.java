package io.securestreams.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of MQTT streams.
 */
public final class MqttLimits extends Limits {

	/**
	 * 20 s for the broker's answers, packets of 256 MiB, 100 messages and 16 MiB under
	 * way, messages of 4 MiB collected, 1 MiB held for a paused stream, slots of 64 KiB.
	 */
	public static final MqttLimits DEFAULTS = builder().build();

	private final Builder given;

	private MqttLimits(Builder builder) {
		Require.oneMillisecond("connectTimeout", builder.connectTimeout);
		Require.atLeast("maxPacketSize", builder.maxPacketSize, 256);
		Require.atLeast("maxInFlight", builder.maxInFlight, 1);
		Require.atLeast("maxInFlightBytes", builder.maxInFlightBytes, 1);
		Require.atLeast("maxCollected", builder.maxCollected, 1);
		Require.atLeast("maxHeld", builder.maxHeld, 1);
		Require.oneMillisecond("unclaimedTime", builder.unclaimedTime);
		Require.atLeast("maxUseless", builder.maxUseless, 1);
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
	 * Returns {@code connectTimeout}.
	 * @return from CONNECT to CONNACK, and from SUBSCRIBE to SUBACK
	 */
	public Duration connectTimeout() {
		return this.given.connectTimeout;
	}

	/**
	 * Returns {@code maxPacketSize}.
	 * @return longest packet received, bytes; a longer one ends the connection. Payload
	 * is passed on in pieces and never collected
	 */
	public int maxPacketSize() {
		return this.given.maxPacketSize;
	}

	/**
	 * Returns {@code maxInFlight}.
	 * @return most messages of QoS 1 and 2 that are under way to the broker on a
	 * connection, up to 65,000; further slots wait
	 */
	public int maxInFlight() {
		return this.given.maxInFlight;
	}

	/**
	 * Returns {@code maxInFlightBytes}.
	 * @return payload of messages under way that is kept in order to send it again,
	 * bytes; further slots wait
	 */
	public int maxInFlightBytes() {
		return this.given.maxInFlightBytes;
	}

	/**
	 * Returns {@code maxCollected}.
	 * @return longest message that is collected before it is sent, bytes. A longer one
	 * needs its length announced, and takes the connection to itself while it lasts
	 */
	public int maxCollected() {
		return this.given.maxCollected;
	}

	/**
	 * Returns {@code maxHeld}.
	 * @return what is kept of received messages for a stream that is paused, bytes,
	 * before the connection is not read any more or, where others share it, the stream is
	 * disconnected
	 */
	public int maxHeld() {
		return this.given.maxHeld;
	}

	/**
	 * Returns {@code unclaimedTime}.
	 * @return how long messages of a kept session wait for a stream that subscribes to
	 * them, before they are acknowledged and dropped, and how long a stream that is away
	 * from a connection that others share remains subscribed. What a stream has not had
	 * by then waits for it; all but the last 5 messages are acknowledged and wait in
	 * memory, at most 1000 of them and {@code maxHeld} bytes
	 */
	public Duration unclaimedTime() {
		return this.given.unclaimedTime;
	}

	/**
	 * Returns {@code maxUseless}.
	 * @return packets without use (answers to nothing, repetitions) that a broker may be
	 * ahead of useful ones
	 */
	public int maxUseless() {
		return this.given.maxUseless;
	}

	/**
	 * Returns {@code slotCapacity}.
	 * @return most bytes a slot takes
	 */
	public int slotCapacity() {
		return this.given.slotCapacity;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("connectTimeout", this.given.connectTimeout);
		values.put("maxPacketSize", this.given.maxPacketSize);
		values.put("maxInFlight", this.given.maxInFlight);
		values.put("maxInFlightBytes", this.given.maxInFlightBytes);
		values.put("maxCollected", this.given.maxCollected);
		values.put("maxHeld", this.given.maxHeld);
		values.put("unclaimedTime", this.given.unclaimedTime);
		values.put("maxUseless", this.given.maxUseless);
		values.put("slotCapacity", this.given.slotCapacity);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private Duration connectTimeout = Duration.ofSeconds(20);

		private int maxPacketSize = 256 * 1024 * 1024;

		private int maxInFlight = 100;

		private int maxInFlightBytes = 16 * 1024 * 1024;

		private int maxCollected = 4 * 1024 * 1024;

		private int maxHeld = 1024 * 1024;

		private Duration unclaimedTime = Duration.ofSeconds(10);

		private int maxUseless = 1000;

		private int slotCapacity = 64 * 1024;

		private Builder() {
		}

		private Builder(Builder from) {
			this.connectTimeout = from.connectTimeout;
			this.maxPacketSize = from.maxPacketSize;
			this.maxInFlight = from.maxInFlight;
			this.maxInFlightBytes = from.maxInFlightBytes;
			this.maxCollected = from.maxCollected;
			this.maxHeld = from.maxHeld;
			this.unclaimedTime = from.unclaimedTime;
			this.maxUseless = from.maxUseless;
			this.slotCapacity = from.slotCapacity;
		}

		/**
		 * Sets {@code connectTimeout}.
		 * @param connectTimeout from CONNECT to CONNACK, and from SUBSCRIBE to SUBACK
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
			return this;
		}

		/**
		 * Sets {@code maxPacketSize}.
		 * @param maxPacketSize longest packet received, bytes; a longer one ends the
		 * connection. Payload is passed on in pieces and never collected
		 * @return this builder
		 */
		public Builder maxPacketSize(int maxPacketSize) {
			this.maxPacketSize = maxPacketSize;
			return this;
		}

		/**
		 * Sets {@code maxInFlight}.
		 * @param maxInFlight most messages of QoS 1 and 2 that are under way to the
		 * broker on a connection, up to 65,000; further slots wait. Of QoS 2 on MQTT
		 * 3.1.1 at most 20, for Mosquitto takes no more unless told
		 * @return this builder
		 */
		public Builder maxInFlight(int maxInFlight) {
			this.maxInFlight = maxInFlight;
			return this;
		}

		/**
		 * Sets {@code maxInFlightBytes}.
		 * @param maxInFlightBytes payload of messages under way that is kept in order to
		 * send it again, bytes; further slots wait
		 * @return this builder
		 */
		public Builder maxInFlightBytes(int maxInFlightBytes) {
			this.maxInFlightBytes = maxInFlightBytes;
			return this;
		}

		/**
		 * Sets {@code maxCollected}.
		 * @param maxCollected longest message that is collected before it is sent, bytes.
		 * A longer one needs its length announced, and takes the connection to itself
		 * while it lasts
		 * @return this builder
		 */
		public Builder maxCollected(int maxCollected) {
			this.maxCollected = maxCollected;
			return this;
		}

		/**
		 * Sets {@code maxHeld}.
		 * @param maxHeld what is kept of received messages for a stream that is paused,
		 * bytes, before the connection is not read any more or, where others share it,
		 * the stream is disconnected
		 * @return this builder
		 */
		public Builder maxHeld(int maxHeld) {
			this.maxHeld = maxHeld;
			return this;
		}

		/**
		 * Sets {@code unclaimedTime}.
		 * @param unclaimedTime how long messages of a kept session wait for a stream that
		 * subscribes to them, before they are acknowledged and dropped, and how long a
		 * stream that is away from a connection that others share remains subscribed
		 * @return this builder
		 */
		public Builder unclaimedTime(Duration unclaimedTime) {
			this.unclaimedTime = unclaimedTime;
			return this;
		}

		/**
		 * Sets {@code maxUseless}.
		 * @param maxUseless packets without use (answers to nothing, repetitions) that a
		 * broker may be ahead of useful ones
		 * @return this builder
		 */
		public Builder maxUseless(int maxUseless) {
			this.maxUseless = maxUseless;
			return this;
		}

		/**
		 * Sets {@code slotCapacity}.
		 * @param slotCapacity most bytes a slot takes
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
		public MqttLimits build() {
			return new MqttLimits(this);
		}

	}

}
