package io.securestreams.transport;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.netty.channel.Channel;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;

/**
 * Binds listening sockets. May be used from any thread.
 */
public final class Listener {

	Listener(EventLoops loops, TlsContexts tls, TransportSettings settings) {
	}

	/**
	 * Binds what a server streamtype names.
	 * @param policy the streamtype
	 * @param alpn protocol names to choose from (RFC 7301), in order of preference; empty
	 * for none
	 * @param accepted is given each connection on its own event loop right after TCP
	 * accept, before the TLS handshake; the pipeline holds the {@code SslHandler} (name
	 * {@link TlsContexts#HANDLER}) when the streamtype uses TLS, reading is off
	 * ({@code autoRead} is {@code false}). It adds its handlers, or closes the channel.
	 * @return completes when bound
	 */
	public CompletionStage<BoundListener> bind(StreamPolicy policy, List<String> alpn, Consumer<Channel> accepted) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException());
	}

}
