package io.securestreams.transport.http2;

import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * Bytes both ways as one stream of an HTTP/2 connection (RFC 8441), whichever side has
 * opened it. Used on its event loop only.
 */
public abstract class Tunnel {

	private @Nullable Http2Stream stream;

	/** Gets what arrives, once the tunnel is open. */
	private @Nullable TunnelHandler handler;

	private boolean over;

	/**
	 * Takes the open tunnel over.
	 * @param handler gets what arrives from now on
	 */
	public void accept(TunnelHandler handler) {
		this.handler = handler;
	}

	/**
	 * Returns the allocator of the connection.
	 * @return where to get buffers for {@link #write}
	 */
	public ByteBufAllocator alloc() {
		return stream().connection().alloc();
	}

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 * @return its name
	 */
	public String peer() {
		return stream().connection().peerName();
	}

	/**
	 * Whether bytes can be written or received.
	 * @return {@code false} before it is open and after its end
	 */
	public boolean isOpen() {
		return !this.over && this.handler != null;
	}

	/**
	 * Whether the windows (RFC 9113 section 5.2) and the connection have room.
	 * @return {@code false} if what is written now would have to wait
	 */
	public boolean isWritable() {
		Http2Stream open = this.stream;
		return open != null && open.outgoing().isWritable();
	}

	/**
	 * Returns how much may be written to be sent at once, or else held within the bounds
	 * of the connection.
	 * @param most bytes, as a rule
	 * @param collected bytes that are going to be written before
	 * @return bytes; 0 if there is no room at all
	 */
	public int capacity(int most, int collected) {
		Http2Stream open = this.stream;
		if (open == null || !open.outgoing().isWritable()) {
			return 0;
		}
		long room = open.outgoing().sendable() - collected;
		return (room > 0) ? open.connection().slot(most, (int) Math.min(most, room)) : 0;
	}

	/**
	 * Asks for one {@link TunnelHandler#writable()}.
	 */
	public void awaitWritable() {
		if (this.stream != null) {
			this.stream.requestWrite();
		}
	}

	/**
	 * Sends bytes. What there is no room for waits here.
	 * @param data owned from now on
	 */
	public void write(ByteBuf data) {
		if (this.stream != null) {
			this.stream.write(data, false);
		}
		else {
			data.release();
		}
	}

	/**
	 * Ends this side's direction after what has been written.
	 */
	public void end() {
		if (this.stream != null) {
			this.stream.write(Unpooled.EMPTY_BUFFER, true);
		}
	}

	/**
	 * Stops receiving, so that the peer is stopped by its window.
	 */
	public void pauseReading() {
		if (this.stream != null) {
			this.stream.pauseReading();
		}
	}

	/**
	 * Goes on receiving.
	 */
	public void resumeReading() {
		if (this.stream != null) {
			this.stream.resumeReading();
		}
	}

	/**
	 * Gives it up, whether open or not; nothing is reported any more.
	 */
	public void cancel() {
		this.over = true;
		if (this.stream != null) {
			this.stream.cancel(Http2Error.CANCEL);
		}
		else {
			cancelOpening();
		}
	}

	/** There is no stream, and need not be one any more. */
	protected void cancelOpening() {
	}

	/** The stream is there. */
	protected void start(Http2Stream stream) {
		this.stream = stream;
	}

	/** Returns who gets what arrives. */
	protected @Nullable TunnelHandler handler() {
		return this.handler;
	}

	/** Whether it has ended, or been given up. */
	protected boolean isOver() {
		return this.over;
	}

	/** It is over, and nothing is reported. */
	protected void finish() {
		this.over = true;
	}

	/** Passes on bytes from the peer. */
	public void receive(ByteBuf data) {
		if (this.handler != null) {
			this.handler.received(data);
		}
	}

	/** Passes on that the peer has ended its direction. */
	public void receiveEnd() {
		this.over = true;
		if (this.handler != null) {
			this.handler.ended();
		}
	}

	/** Passes on that there is room. */
	public void offer() {
		if (this.handler != null) {
			this.handler.writable();
		}
	}

	/** Passes on that the stream or its connection is lost. */
	public void fail(StreamEnd reason) {
		this.over = true;
		if (this.handler != null) {
			this.handler.broken(reason.phase(), reason.message(), reason.cause());
		}
	}

	private Http2Stream stream() {
		return Objects.requireNonNull(this.stream, "the tunnel is not open");
	}

}
