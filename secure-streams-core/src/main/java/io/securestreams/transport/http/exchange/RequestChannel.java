package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;

/**
 * An open request on a connection, whose head has been sent. Until
 * {@link ResponseListener#failed} or one of {@link #release} and {@link #cancel}, it
 * belongs to one {@link ResponseListener}.
 */
public interface RequestChannel {

	/**
	 * Returns the numeric address, or socket path, of the peer.
	 * @return its name, empty if not known
	 */
	String peer();

	/**
	 * Returns the time of the last event.
	 * @return ns
	 */
	long now();

	/**
	 * Asks for one {@link ResponseListener#writable}, later. Asking again before that
	 * changes nothing.
	 */
	void requestWrite();

	/**
	 * Takes a piece of the body.
	 * @param piece released here
	 * @param end whether the body is complete
	 */
	void write(ByteBuf piece, boolean end);

	/** The rest of the body is not going to come. */
	void abandonBody();

	/** Stops reading. */
	void pauseReading();

	/** Goes on reading. */
	void resumeReading();

	/** The application has seen proof of life. */
	void confirmValidity();

	/**
	 * Lets the peer send more, where credit is given by hand.
	 * @param bytes positive
	 */
	default void grantCredit(int bytes) {
	}

	/**
	 * The rest of the answer is of no interest. Ends in
	 * {@link ResponseListener#responseEnd}, possibly before this returns, when the
	 * connection can be used again or has been given up.
	 */
	void discard();

	/** The answer is complete and has been dealt with. */
	default void release() {
	}

	/** Gives the request up; nothing is reported any more. */
	void cancel();

}
