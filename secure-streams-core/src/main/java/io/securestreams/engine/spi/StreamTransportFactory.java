package io.securestreams.engine.spi;

import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Makes the transports of one or more wire protocols.
 */
public interface StreamTransportFactory {

	/**
	 * Returns the protocols for client streams.
	 * @return the protocols
	 */
	Set<Protocol> clientProtocols();

	/**
	 * Returns the protocols for listeners.
	 * @return the protocols
	 */
	Set<Protocol> serverProtocols();

	/**
	 * Makes the transport of a client stream, idle. Called again when the stream's policy
	 * has changed.
	 * @param link the stream
	 * @return its transport
	 */
	StreamTransport client(StreamLink link);

	/**
	 * Binds a listener.
	 * @param policy the server streamtype
	 * @param acceptor is told of each connection
	 * @return completes when bound, exceptionally with the cause if it cannot be
	 */
	CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor);

}
