package io.securestreams.engine.spi;

import java.util.OptionalInt;
import java.util.Set;

import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;

/**
 * Makes the transports of client streams of one or more wire protocols.
 */
public interface StreamTransportFactory {

	/**
	 * Returns the protocols for client streams.
	 * @return the protocols
	 */
	Set<Protocol> clientProtocols();

	/**
	 * Says which streams are to live on one executor, because they may share a network
	 * connection, and sharing should cost no thread hop.
	 * @param policy a client streamtype of one of the protocols
	 * @return the same number for streams that may share, or empty if none do
	 */
	default OptionalInt affinity(StreamPolicy policy) {
		return OptionalInt.empty();
	}

	/**
	 * Makes the transport of a client stream, idle. Called again when the stream's policy
	 * has changed.
	 * @param link the stream
	 * @return its transport
	 */
	ClientTransport client(ClientLink link);

}
