package io.securestreams.proxy.wire;

/**
 * PAYLOAD_LENGTH_HINT: how long the message is that the client is going to send. Where a
 * length is of use it asks for a connection, too.
 *
 * @param bytes 32 bits unsigned
 */
public record LengthHint(int bytes) implements ClientFrame {

	/**
	 * Returns the length.
	 * @return 0 to 2^32 - 1
	 */
	public long length() {
		return Integer.toUnsignedLong(this.bytes);
	}

}
