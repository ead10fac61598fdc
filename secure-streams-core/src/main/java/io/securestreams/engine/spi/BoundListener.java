package io.securestreams.engine.spi;

import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;

/**
 * A listening socket. May be used from any thread.
 */
public interface BoundListener {

	/**
	 * Returns the address it is bound to.
	 * @return the actual address
	 */
	SocketAddress address();

	/**
	 * Stops accepting and closes the listening socket; accepted connections go on.
	 * @return completes when the socket is closed
	 */
	CompletionStage<Void> close();

	/**
	 * After {@link #close()}: the last stream is gone, and nobody answers for the
	 * streamtype any more.
	 */
	default void ended() {
	}

}
