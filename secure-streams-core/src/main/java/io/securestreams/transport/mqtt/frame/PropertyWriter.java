package io.securestreams.transport.mqtt.frame;

import java.io.ByteArrayOutputStream;

/**
 * Encodes properties of MQTT 5.
 */
public final class PropertyWriter {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	/**
	 * Adds a number of two bytes.
	 * @param id see {@link MqttProperties}
	 * @param value the number
	 * @return this writer
	 */
	public PropertyWriter two(int id, int value) {
		this.bytes.write(id);
		shortNumber(value);
		return this;
	}

	/**
	 * Adds a number of four bytes.
	 * @param id see {@link MqttProperties}
	 * @param value the number
	 * @return this writer
	 */
	public PropertyWriter four(int id, long value) {
		this.bytes.write(id);
		shortNumber((int) (value >>> 16));
		shortNumber((int) value);
		return this;
	}

	/**
	 * Adds a text, or binary data.
	 * @param id see {@link MqttProperties}
	 * @param text the text
	 * @return this writer
	 */
	public PropertyWriter text(int id, String text) {
		this.bytes.write(id);
		text(text);
		return this;
	}

	/**
	 * Adds a property of the application's.
	 * @param name its name
	 * @param value its value
	 * @return this writer
	 */
	public PropertyWriter user(String name, String value) {
		this.bytes.write(MqttProperties.USER);
		text(name);
		text(value);
		return this;
	}

	private void text(String text) {
		byte[] encoded = MqttText.encode(text);
		shortNumber(encoded.length);
		this.bytes.writeBytes(encoded);
	}

	private void shortNumber(int value) {
		this.bytes.write(value >>> 8);
		this.bytes.write(value);
	}

	/**
	 * Returns what has been added.
	 * @return the bytes, without a length
	 */
	public byte[] toByteArray() {
		return this.bytes.toByteArray();
	}

}
