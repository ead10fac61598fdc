package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a listener.
 */
public interface Acceptor {

	/**
	 * A connection has been accepted; called on its executor, before TLS.
	 * @param executor the executor the new stream lives on
	 * @param transport the connection
	 * @param peer numeric address of the peer, or socket path
	 * @return the new stream, or {@code null} if it is refused and the transport closes
	 * the connection
	 */
	@Nullable StreamLink accept(StreamExecutor executor, StreamTransport transport, String peer);

}
