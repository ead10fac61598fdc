package io.securestreams.transport.http.exchange;

import io.securestreams.engine.spi.ClientLink;

/**
 * Makes what finds connections of one version of HTTP.
 */
@FunctionalInterface
public interface RequestConnectors {

	/**
	 * Makes the connector of a stream.
	 * @param link the stream
	 * @return its connector
	 */
	RequestConnector connector(ClientLink link);

}
