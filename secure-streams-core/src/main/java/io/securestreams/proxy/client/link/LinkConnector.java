package io.securestreams.proxy.client.link;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.transport.connect.ConnectAttempt;

/**
 * Makes connections to a proxy.
 */
public interface LinkConnector {

	/** How many addresses the proxy has. */
	int addresses();

	/** Names one of them for people. */
	String name(int address);

	/**
	 * Starts connecting.
	 * @param executor where the stream lives
	 * @param address which of the addresses
	 * @param events told what becomes of it
	 * @return cancels it
	 */
	ConnectAttempt connect(StreamExecutor executor, int address, LinkEvents events);

}
