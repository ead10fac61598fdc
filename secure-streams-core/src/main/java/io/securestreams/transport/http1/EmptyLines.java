package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;

/**
 * Reads over empty lines before a request (RFC 9112 section 2.2), a few of them.
 */
public final class EmptyLines {

	private static final int MAX = 2;

	private int count;

	/**
	 * Looks for the first byte of a request.
	 * @param in what has arrived
	 * @return {@code false} if there is none yet
	 */
	public boolean skip(ByteBuf in) throws MalformedMessageException {
		while (in.isReadable() && in.getByte(in.readerIndex()) == '\r') {
			if (in.readableBytes() < 2) {
				return false;
			}
			if (in.getByte(in.readerIndex() + 1) != '\n' || ++this.count > MAX) {
				throw MalformedMessageException.badRequest("empty lines instead of a request");
			}
			in.skipBytes(2);
		}
		if (!in.isReadable()) {
			return false;
		}
		this.count = 0;
		return true;
	}

}
