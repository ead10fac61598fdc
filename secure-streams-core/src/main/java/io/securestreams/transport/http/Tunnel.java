package io.securestreams.transport.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Bytes both ways as one stream of an HTTP/2 connection (RFC 8441), client's or server's
 * end. Used on the connection's event loop only.
 */
public interface Tunnel {

	/**
	 * Takes the open tunnel over.
	 * @param handler gets what arrives from now on
	 */
	void accept(TunnelHandler handler);

	/**
	 * Returns the allocator of the connection.
	 * @return where to get buffers for {@link #write}
	 */
	ByteBufAllocator alloc();

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 * @return its name
	 */
	String peer();

	/**
	 * Whether bytes can be written or received.
	 * @return {@code false} before it is open and after its end
	 */
	boolean isOpen();

	/**
	 * Whether the windows (RFC 9113 section 5.2) and the connection have room.
	 * @return {@code false} if what is written now would have to wait
	 */
	boolean isWritable();

	/**
	 * Asks for one {@link TunnelHandler#writable()}.
	 */
	void awaitWritable();

	/**
	 * Sends bytes. What there is no room for waits here.
	 * @param data owned from now on
	 */
	void write(ByteBuf data);

	/**
	 * Ends this side's direction after what has been written.
	 */
	void end();

	/**
	 * Stops receiving, so that the peer is stopped by its window.
	 */
	void pauseReading();

	/**
	 * Goes on receiving.
	 */
	void resumeReading();

	/**
	 * Gives it up, whether open or not; nothing is reported any more.
	 */
	void cancel();

}
