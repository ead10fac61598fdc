package io.securestreams.proxy.wire;

/**
 * PAYLOAD_LENGTH_HINT: how long the message is that the client is going to send. Where a
 * length is of use it asks for a connection, too.
 *
 * @param bytes 32 bits unsigned
 */
public record LengthHint(int bytes) implements ClientFrame {

	/**
	 * Between our own ends: there is something to send, nobody knows how much.
	 */
	public static final int UNKNOWN = -1;

	/**
	 * Returns the length.
	 * @return 0 to 2^32 - 1
	 */
	public long length() {
		return Integer.toUnsignedLong(this.bytes);
	}

}
