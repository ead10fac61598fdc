package io.securestreams.transport.mqtt.frame;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;

/**
 * Text as MQTT has it: UTF-8 without NUL (MQTT 3.1.1 section 1.5.3).
 */
public final class MqttText {

	/** Most bytes of a text. */
	public static final int MAX_LENGTH = 65535;

	private MqttText() {
	}

	/**
	 * Decodes text.
	 * @param from what holds it; its indices do not move
	 * @param index where it starts
	 * @param length bytes
	 * @return the text
	 * @throws MqttViolation if it is no such text
	 */
	public static String decode(ByteBuf from, int index, int length) throws MqttViolation {
		byte[] bytes = new byte[length];
		from.getBytes(index, bytes);
		try {
			CharBuffer text = StandardCharsets.UTF_8.newDecoder()
				.onMalformedInput(CodingErrorAction.REPORT)
				.onUnmappableCharacter(CodingErrorAction.REPORT)
				.decode(ByteBuffer.wrap(bytes));
			for (int i = 0; i < text.length(); i++) {
				if (text.charAt(i) == 0) {
					throw MqttViolation.malformed("NUL in a text");
				}
			}
			return text.toString();
		}
		catch (CharacterCodingException ex) {
			throw MqttViolation.malformed("a text that is not UTF-8");
		}
	}

	/**
	 * Encodes text.
	 * @param text the text
	 * @return its bytes
	 * @throws IllegalArgumentException if it is too long or has a NUL or half a surrogate
	 * pair
	 */
	public static byte[] encode(String text) {
		if (text.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("a text of MQTT with NUL");
		}
		ByteBuffer encoded;
		try {
			encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("a text of MQTT that is not Unicode", ex);
		}
		if (encoded.remaining() > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"a text of MQTT of " + encoded.remaining() + " bytes (expected: at most " + MAX_LENGTH + ")");
		}
		byte[] bytes = new byte[encoded.remaining()];
		encoded.get(bytes);
		return bytes;
	}

}
