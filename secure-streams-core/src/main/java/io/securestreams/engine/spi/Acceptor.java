package io.securestreams.engine.spi;

import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a listener.
 */
public interface Acceptor {

	/**
	 * There is a new stream: a raw connection has been accepted (before TLS), or a
	 * request has arrived. Called on the connection's executor. The transport does
	 * nothing it is asked for before this has returned.
	 * @param executor the executor the new stream lives on
	 * @param transport the stream's end of the connection
	 * @param peer numeric address of the peer, or socket path
	 * @return the new stream, or {@code null} if it is refused: the transport closes the
	 * connection, or answers the request
	 */
	@Nullable AcceptedLink accept(StreamExecutor executor, AcceptedTransport transport, String peer);

}
