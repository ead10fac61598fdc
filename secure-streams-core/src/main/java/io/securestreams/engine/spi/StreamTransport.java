package io.securestreams.engine.spi;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One stream's end of the network. A client's serves many connection attempts in turn, an
 * accepted one's a single connection. Every method is called on the stream's executor
 * only.
 */
public interface StreamTransport {

	/**
	 * Starts an attempt towards {@link StreamLink#target()}. It ends in exactly one of
	 * {@link StreamLink#completed}, {@link StreamLink#closed} or {@link #close()}; it may
	 * end before this method returns. Not called on accepted streams.
	 */
	void connect();

	/**
	 * Asks for one {@link StreamLink#writable} as soon as the transport can take payload.
	 * Asking again before that changes nothing. A transport whose transaction takes no
	 * payload (a GET) ignores it. Never answers before it returns.
	 */
	void requestWrite();

	/**
	 * Returns whose payload the next write is to carry, where several streamtypes share a
	 * body ({@code rideshare}).
	 * @return a streamtype, or {@code null} for the stream's own
	 */
	default @Nullable String rideshare() {
		return null;
	}

	/**
	 * Takes payload; only from inside {@link StreamLink#writable}.
	 * @param payload the bytes; the transport releases them
	 * @param flags {@link PayloadFlags#SOM} and {@link PayloadFlags#EOM}
	 * @param ordinal the slot's number
	 */
	void write(ByteBuf payload, int flags, long ordinal);

	/**
	 * Stops reading, so that the peer is slowed down, until {@link #resumeReading} or the
	 * next {@link #connect()}: each attempt starts with reading.
	 */
	void pauseReading();

	/**
	 * Undoes {@link #pauseReading}.
	 */
	void resumeReading();

	/**
	 * Lets the peer send more, where tx credit is given by hand.
	 * @param bytes positive
	 */
	void grantCredit(int bytes);

	/**
	 * Server: sets the status of the current transaction's response. Headers are written
	 * with the first write, or at once if nothing is to be sent. Or answers an upgrade,
	 * after {@link StreamLink#upgrade()}: with less than 300 it is accepted, else
	 * refused.
	 * @param status status code; 101 if the application has nothing against an upgrade
	 */
	void respond(int status);

	/**
	 * The application has seen proof of life.
	 */
	void confirmValidity();

	/**
	 * Server: finish the transaction in flight, then close.
	 */
	void drain();

	/**
	 * Ends the connection or attempt now. Nothing is reported to the link any more, until
	 * the next {@link #connect()}. Without effect when idle.
	 */
	void close();

}
