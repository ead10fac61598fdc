package io.securestreams.proxy.client.link;

import io.netty.buffer.ByteBuf;

/**
 * Bytes to and from a proxy, in order. On the event loop of its stream only.
 */
public interface LinkConnection {

	/**
	 * Makes room in what is going to be written.
	 * @param size bytes
	 * @return where to write them, stays the connection's
	 */
	ByteBuf room(int size);

	/**
	 * Writes a buffer after what has been written to {@link #room}.
	 * @param bytes released by the connection
	 */
	void pass(ByteBuf bytes);

	/** Sends what has been written. */
	void flush();

	/** Whether the proxy keeps up, so that more may be written. */
	boolean isWritable();

	/** Makes it read, or stop; it reads from the start. */
	void read(boolean on);

	/** Ends it, after what has been written; nothing is reported any more. */
	void close();

}
