package io.securestreams.engine.spi;

import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One stream's end of the network, whatever its role: {@link ClientTransport},
 * {@link AcceptedTransport} or {@link ReadyTransport}. Every method is called on the
 * stream's executor only.
 */
public interface StreamTransport {

	/**
	 * Returns what it carries.
	 * @return the kind; does not change during an attempt
	 */
	TransportKind kind();

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
	 * Whether what is written now goes nowhere: the connection has ended, which the
	 * stream hears when it has taken what came before. Slots are offered all the same,
	 * for it may have paused until it gets rid of something.
	 * @return {@code true} from the end of the connection to the report of it
	 */
	default boolean isDropping() {
		return false;
	}

	/**
	 * Takes over a message of {@code send()} that has just been written whole, where it
	 * is known only later whether it got anywhere.
	 * @param sent completed by the transport, if it takes it
	 * @param ordinal number of the message's last slot
	 * @return {@code false} if the message counts as sent now
	 */
	default boolean confirmsLater(CompletableFuture<Long> sent, long ordinal) {
		return false;
	}

	/**
	 * Stops reading, so that the peer is slowed down, until {@link #resumeReading} or the
	 * next attempt: each starts with reading.
	 */
	void pauseReading();

	/**
	 * Undoes {@link #pauseReading}.
	 */
	void resumeReading();

	/**
	 * The handler has had the message whose end was reported last: its callback has
	 * returned, and it has not paused the stream, or has resumed it since. Now the
	 * message may be acknowledged to the peer, where the protocol does that.
	 */
	default void delivered() {
	}

	/**
	 * The handler has got the message whose end was reported last, and has paused the
	 * stream in its callback to go on with the message in its own time. What follows is
	 * {@link #delivered()} or {@link #undelivered()}, or the end of the connection, with
	 * which the handler has left and the message is its own.
	 */
	default void handed() {
	}

	/**
	 * The handler has failed: a message whose end has been reported, and that has not
	 * been {@link #delivered()}, it may not have had. The connection is dropped next.
	 */
	default void undelivered() {
	}

	/**
	 * Whether something is under way that a stream which is drained waits for, such as a
	 * message that the peer has not acknowledged. Asked after each slot, each message
	 * that is {@linkplain #delivered() delivered} and each answer that is reported, and
	 * so has to be true to what has been reported.
	 * @return {@code true} while there is
	 */
	default boolean isInFlight() {
		return false;
	}

	/**
	 * Lets the peer send more, where tx credit is given by hand; without effect where the
	 * protocol has none, there the stream can be paused.
	 * @param bytes positive
	 */
	default void grantCredit(int bytes) {
	}

	/**
	 * The application has seen proof of life; without effect where nothing is checked.
	 */
	default void confirmValidity() {
	}

	/**
	 * Ends the connection or attempt now. Nothing is reported to the link any more, until
	 * the next attempt. Without effect when idle.
	 */
	void close();

	/**
	 * The stream is gone, or goes on with another transport: what is kept from one
	 * attempt to the next is not needed any more. Called once, when idle.
	 */
	default void release() {
	}

}
