package io.securestreams.engine.spi;

import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Binds the listeners of one or more wire protocols.
 */
public interface ListenerFactory {

	/**
	 * Returns the protocols for listeners.
	 * @return the protocols
	 */
	Set<Protocol> serverProtocols();

	/**
	 * Binds a listener.
	 * @param policy the server streamtype
	 * @param acceptor is told of each connection
	 * @return completes when bound, exceptionally with the cause if it cannot be
	 */
	CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor);

	/**
	 * Until this is undone, listeners that share a socket start or end together: the
	 * connections of those that are bound meanwhile wait, and those that end meanwhile go
	 * on refusing.
	 * @return undoes it, once
	 */
	default Runnable hold() {
		return () -> {
		};
	}

}
