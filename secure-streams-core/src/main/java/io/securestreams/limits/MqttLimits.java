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

	private final Duration connectTimeout;

	private final int maxPacketSize;

	private final int maxInFlight;

	private final int maxInFlightBytes;

	private final int maxCollected;

	private final int maxHeld;

	private final Duration unclaimedTime;

	private final int maxUseless;

	private final int slotCapacity;

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
		this.connectTimeout = builder.connectTimeout;
		this.maxPacketSize = builder.maxPacketSize;
		this.maxInFlight = builder.maxInFlight;
		this.maxInFlightBytes = builder.maxInFlightBytes;
		this.maxCollected = builder.maxCollected;
		this.maxHeld = builder.maxHeld;
		this.unclaimedTime = builder.unclaimedTime;
		this.maxUseless = builder.maxUseless;
		this.slotCapacity = builder.slotCapacity;
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
		Builder builder = new Builder();
		builder.connectTimeout = this.connectTimeout;
		builder.maxPacketSize = this.maxPacketSize;
		builder.maxInFlight = this.maxInFlight;
		builder.maxInFlightBytes = this.maxInFlightBytes;
		builder.maxCollected = this.maxCollected;
		builder.maxHeld = this.maxHeld;
		builder.unclaimedTime = this.unclaimedTime;
		builder.maxUseless = this.maxUseless;
		builder.slotCapacity = this.slotCapacity;
		return builder;
	}

	/**
	 * Returns {@code connectTimeout}.
	 * @return from CONNECT to CONNACK, and from SUBSCRIBE to SUBACK
	 */
	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	/**
	 * Returns {@code maxPacketSize}.
	 * @return longest packet received, bytes; a longer one ends the connection. Payload
	 * is passed on in pieces and never collected
	 */
	public int maxPacketSize() {
		return this.maxPacketSize;
	}

	/**
	 * Returns {@code maxInFlight}.
	 * @return most messages of QoS 1 and 2 that are under way to the broker on a
	 * connection, up to 65,000; further slots wait
	 */
	public int maxInFlight() {
		return this.maxInFlight;
	}

	/**
	 * Returns {@code maxInFlightBytes}.
	 * @return payload of messages under way that is kept in order to send it again,
	 * bytes; further slots wait
	 */
	public int maxInFlightBytes() {
		return this.maxInFlightBytes;
	}

	/**
	 * Returns {@code maxCollected}.
	 * @return longest message that is collected before it is sent, bytes. A longer one
	 * needs its length announced, and takes the connection to itself while it lasts
	 */
	public int maxCollected() {
		return this.maxCollected;
	}

	/**
	 * Returns {@code maxHeld}.
	 * @return what is kept of received messages for a stream that is paused, bytes,
	 * before the connection is not read any more or, where others share it, the stream is
	 * disconnected
	 */
	public int maxHeld() {
		return this.maxHeld;
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
		return this.unclaimedTime;
	}

	/**
	 * Returns {@code maxUseless}.
	 * @return packets without use (answers to nothing, repetitions) that a broker may be
	 * ahead of useful ones
	 */
	public int maxUseless() {
		return this.maxUseless;
	}

	/**
	 * Returns {@code slotCapacity}.
	 * @return most bytes a slot takes
	 */
	public int slotCapacity() {
		return this.slotCapacity;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("connectTimeout", this.connectTimeout);
		values.put("maxPacketSize", this.maxPacketSize);
		values.put("maxInFlight", this.maxInFlight);
		values.put("maxInFlightBytes", this.maxInFlightBytes);
		values.put("maxCollected", this.maxCollected);
		values.put("maxHeld", this.maxHeld);
		values.put("unclaimedTime", this.unclaimedTime);
		values.put("maxUseless", this.maxUseless);
		values.put("slotCapacity", this.slotCapacity);
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
