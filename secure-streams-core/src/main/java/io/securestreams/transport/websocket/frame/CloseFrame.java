package io.securestreams.transport.websocket.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.Unpooled;

/**
 * Content of a close frame (RFC 6455 section 5.5.1).
 *
 * @param code status code, {@link CloseCode#NONE} if there was none
 * @param reason text for people, may be empty
 */
public record CloseFrame(int code, String reason) {

	private static final int MAX_REASON = 123;

	/**
	 * Reads the payload of a received frame.
	 */
	public static CloseFrame parse(byte[] payload, int length) throws WebSocketViolation {
		if (length == 0) {
			return new CloseFrame(CloseCode.NONE, "");
		}
		if (length == 1) {
			throw new WebSocketViolation(CloseCode.PROTOCOL_ERROR, "close frame with half a code");
		}
		int code = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
		if (!CloseCode.isValid(code)) {
			throw new WebSocketViolation(CloseCode.PROTOCOL_ERROR, "close code " + code + " must not be sent");
		}
		Utf8Validator utf8 = new Utf8Validator();
		if (!utf8.accept(Unpooled.wrappedBuffer(payload), 2, length - 2) || !utf8.isComplete()) {
			throw new WebSocketViolation(CloseCode.BAD_DATA, "close reason that is not UTF-8");
		}
		return new CloseFrame(code, new String(payload, 2, length - 2, StandardCharsets.UTF_8));
	}

	/** The payload to send. */
	public byte[] payload() {
		if (this.code == CloseCode.NONE) {
			return new byte[0];
		}
		byte[] text = this.reason.getBytes(StandardCharsets.UTF_8);
		int length = text.length;
		if (length > MAX_REASON) {
			length = MAX_REASON;
			while ((text[length] & 0xC0) == 0x80) {
				length--;
			}
		}
		byte[] payload = Arrays.copyOf(new byte[] { (byte) (this.code >> 8), (byte) this.code }, 2 + length);
		System.arraycopy(text, 0, payload, 2, length);
		return payload;
	}

	/** For messages; what the peer wrote is shown without control characters. */
	@Override
	public String toString() {
		String shown = this.reason.replaceAll("\\p{Cntrl}", "?");
		return this.code + (shown.isEmpty() ? "" : " \"" + shown + "\"");
	}

}
