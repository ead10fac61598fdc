package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The key of an opening handshake and the answer that proves it was read (RFC 6455
 * section 1.3).
 */
public final class HandshakeKey {

	private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final int LENGTH = 16;

	private static final SecureRandom RANDOM = new SecureRandom();

	private HandshakeKey() {
	}

	/** A new value of {@code Sec-WebSocket-Key}. */
	public static String random() {
		byte[] nonce = new byte[LENGTH];
		RANDOM.nextBytes(nonce);
		return Base64.getEncoder().encodeToString(nonce);
	}

	/** The value of {@code Sec-WebSocket-Accept} for a key. */
	public static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
