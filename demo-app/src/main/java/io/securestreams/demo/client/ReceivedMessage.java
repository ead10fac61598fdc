package io.securestreams.demo.client;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.securestreams.stream.Payload;

/**
 * Follows a message through its parts, without keeping it. Confined to the stream's event
 * loop.
 */
final class ReceivedMessage {

	private static final int TEXT_BYTES = 200;

	private final MessageDigest partDigest = sha256();

	private final MessageDigest messageDigest = sha256();

	private long length;

	private boolean any;

	/**
	 * Takes the next part.
	 * @param payload the part
	 * @return what there is to show of it
	 */
	ReceivedPart next(Payload payload) {
		byte[] bytes = payload.toByteArray();
		if (payload.isStart()) {
			this.messageDigest.reset();
			this.length = 0;
		}
		this.messageDigest.update(bytes);
		this.length += bytes.length;
		this.any |= bytes.length > 0;
		ReceivedPart.Message message = payload.isEnd()
				? new ReceivedPart.Message(this.length, hex(this.messageDigest.digest())) : null;
		return new ReceivedPart(bytes.length, payload.isStart(), payload.isEnd(), hex(this.partDigest.digest(bytes)),
				text(bytes), message);
	}

	/**
	 * Whether there has been a byte so far.
	 * @return {@code true} from the first byte on
	 */
	boolean any() {
		return this.any;
	}

	private static String text(byte[] bytes) {
		int size = Math.min(bytes.length, TEXT_BYTES);
		CharBuffer text = CharBuffer.allocate(size);
		// A character cut off at the end is left out
		StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.decode(ByteBuffer.wrap(bytes, 0, size), text, false);
		return text.flip().toString();
	}

	private static String hex(byte[] digest) {
		return HexFormat.of().formatHex(digest);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-256", ex);
		}
	}

}
