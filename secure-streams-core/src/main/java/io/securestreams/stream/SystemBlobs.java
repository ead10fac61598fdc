package io.securestreams.stream;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * System blobs: values of this installation that policies refer to by role, such as the
 * auth token or the serial number. May be used from any thread. Never printed.
 */
public final class SystemBlobs {

	private final AtomicReferenceArray<byte @Nullable []> values = new AtomicReferenceArray<>(Blob.values().length);

	/**
	 * Sets a blob.
	 * @param blob which one
	 * @param value its bytes, copied; {@code null} removes it
	 * @return these blobs
	 */
	public SystemBlobs set(Blob blob, byte @Nullable [] value) {
		this.values.set(blob.ordinal(), (value != null) ? value.clone() : null);
		return this;
	}

	/**
	 * Sets a blob to text.
	 * @param blob which one
	 * @param value its text, taken as UTF-8
	 * @return these blobs
	 */
	public SystemBlobs set(Blob blob, String value) {
		return set(blob, value.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns a blob.
	 * @param blob which one
	 * @return a copy of its bytes, or {@code null} if it is not set
	 */
	public byte @Nullable [] get(Blob blob) {
		byte[] value = this.values.get(blob.ordinal());
		return (value != null) ? value.clone() : null;
	}

	@Override
	public String toString() {
		return "SystemBlobs[***]";
	}

	/**
	 * The roles.
	 */
	public enum Blob {

		/** Auth token, index 0. */
		AUTH,
		/** Auth token, index 1: body of the request that refreshes index 0. */
		AUTH_1,
		/** Auth token, index 2. */
		AUTH_2,
		/** Auth token, index 3. */
		AUTH_3,
		/** Serial number of the device. */
		DEVICE_SERIAL,
		/** Version of its firmware. */
		FIRMWARE_VERSION,
		/** Kind of device. */
		DEVICE_TYPE,
		/** MQTT client id. */
		MQTT_CLIENT_ID,
		/** MQTT user name. */
		MQTT_USERNAME,
		/** MQTT password. */
		MQTT_PASSWORD

	}

}
