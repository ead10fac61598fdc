package io.securestreams.engine.spi;

import java.util.Set;

import io.securestreams.policy.Protocol;

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
	 * Makes the transport of a client stream, idle. Called again when the stream's policy
	 * has changed.
	 * @param link the stream
	 * @return its transport
	 */
	StreamTransport client(StreamLink link);

}
