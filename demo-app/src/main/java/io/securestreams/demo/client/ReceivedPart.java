package io.securestreams.demo.client;

import org.jspecify.annotations.Nullable;

/**
 * Payload as the client shows it.
 *
 * @param length number of bytes
 * @param start whether a message starts with it
 * @param end whether the message is complete with it
 * @param sha256 digest of the bytes, in hexadecimal
 * @param text the first bytes as text
 * @param message the whole message, if it is complete; else {@code null}
 */
record ReceivedPart(int length, boolean start, boolean end, String sha256, String text, @Nullable Message message) {

	/**
	 * A complete message.
	 *
	 * @param length number of bytes
	 * @param sha256 digest of the bytes, in hexadecimal
	 */
	record Message(long length, String sha256) {

	}

}
