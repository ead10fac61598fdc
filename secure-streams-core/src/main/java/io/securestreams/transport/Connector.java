package io.securestreams.transport;

import io.netty.channel.EventLoop;

/**
 * Makes client connections: name look-up, TCP connect to all addresses (RFC 8305), SOCKS5
 * (RFC 1928), TLS.
 */
public final class Connector {

	Connector(EventLoops loops, TlsContexts tls, TransportSettings settings) {
	}

	/**
	 * Starts connecting. Called on the event loop, which also reports the result.
	 * @param loop the event loop the connection will live on
	 * @param origin where to and how
	 * @param listener is told the result, never before this method returns
	 * @return the attempt
	 */
	public ConnectAttempt connect(EventLoop loop, Origin origin, ConnectListener listener) {
		throw new UnsupportedOperationException();
	}

	void close() {
	}

}
