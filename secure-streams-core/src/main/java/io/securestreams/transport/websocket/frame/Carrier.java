package io.securestreams.transport.websocket.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What carries the frames of one WebSocket connection: a socket (RFC 6455) or a stream of
 * an HTTP/2 connection (RFC 8441). Passes on what arrives to the connection; used on its
 * event loop only.
 */
public interface Carrier {

	ByteBufAllocator alloc();

	/** Name of the peer, for reports. */
	String peer();

	/** Whether neither side has closed it. */
	boolean isOpen();

	/** Whether what is written now leaves without piling up. */
	boolean isWritable();

	/**
	 * Returns how much payload may be added to what has been collected.
	 * @param most bytes of a slot, as a rule
	 * @param collected bytes that have not been written here yet
	 * @return bytes; 0 if it would pile up
	 */
	int capacity(int most, int collected);

	/**
	 * Asks to tell the connection once that is so; it may be told without being asked.
	 */
	void awaitWritable();

	/**
	 * Takes frames, to be sent with the next {@link #flush()}.
	 * @param frames owned from now on
	 */
	void write(ByteBuf frames);

	void flush();

	/** Whether to read from the peer; what has been read already may still come. */
	void read(boolean wanted);

	/**
	 * The closing handshake is done: ends this side's output if it is this side's turn to
	 * do so first. The peer's end is still waited for.
	 */
	void endOutput();

	/** Closes at once; the connection is told that it is gone. */
	void close();

}
