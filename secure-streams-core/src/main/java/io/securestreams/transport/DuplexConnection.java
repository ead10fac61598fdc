package io.securestreams.transport;

import io.netty.buffer.ByteBuf;

/**
 * An established connection on which both sides may speak at any time, as its
 * {@link DuplexTransport} sees it. Used on the connection's event loop.
 */
public interface DuplexConnection {

	/**
	 * Begins to read, and to do what was asked for before.
	 * @param paused whether reading is to wait
	 * @param writeWanted whether a slot is wanted
	 * @param draining whether the connection is to end once nothing is wanted
	 */
	void start(boolean paused, boolean writeWanted, boolean draining);

	/** A slot is wanted. */
	void requestWrite();

	/**
	 * Takes payload.
	 * @param payload the bytes, of which ownership is taken
	 * @param flags see {@code PayloadFlags}
	 */
	void write(ByteBuf payload, int flags);

	/**
	 * Whether what is written goes nowhere, see {@code StreamTransport.isDropping()}.
	 * @return {@code true} when the connection has ended
	 */
	default boolean isDropping() {
		return false;
	}

	/** Stops reading. */
	void pause();

	/** Reads on. */
	void resume();

	/** The application has seen that the peer is alive. */
	void confirmValidity();

	/** Ends once nothing is wanted any more, and reports it. */
	void drain();

	/** Ends now, without a report. */
	void close();

}
