package io.securestreams.transport.mqtt.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What carries the packets of one connection to a broker: a socket or a WebSocket. Used
 * on the connection's executor only; tells its {@link WireListener} what happens.
 */
public interface Wire {

	ByteBufAllocator alloc();

	/** Name of the peer, for reports. */
	String peer();

	/** Whether what is written now leaves without piling up. */
	boolean isWritable();

	/**
	 * Takes bytes, to be sent with the next {@link #flush()}.
	 * @param bytes owned from now on
	 */
	void write(ByteBuf bytes);

	/** Sends what has been written. */
	void flush();

	/** Whether all that was flushed has been handed to the system. */
	boolean isFlushed();

	/** Asks for {@link WireListener#flushed()} once {@link #isFlushed()} holds. */
	void awaitFlushed();

	/** Whether to read; what has been read already may still come. */
	void read(boolean wanted);

	/** Sends the rest, ends in order; {@link WireListener#finished()} follows. */
	void finish();

	/** Ends now; nothing is reported any more. */
	void close();

}
