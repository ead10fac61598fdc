package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure.Phase;

/**
 * Gets what comes through an open tunnel. Called on the event loop.
 */
public interface TunnelHandler {

	/**
	 * Bytes from the peer.
	 * @param data borrowed, never empty
	 */
	void received(ByteBuf data);

	/**
	 * The tunnel takes more, after {@link Tunnel#awaitWritable()}.
	 */
	void writable();

	/**
	 * The peer has ended its direction, and with that the tunnel. The last call.
	 */
	void ended();

	/**
	 * The tunnel, or the connection, has been reset or lost. The last call.
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param cause the exception behind it, or {@code null}
	 */
	void broken(Phase phase, String message, @Nullable Throwable cause);

}
