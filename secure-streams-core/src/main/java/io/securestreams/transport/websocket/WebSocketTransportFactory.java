package io.securestreams.transport.websocket;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http2.Tunnels;

/**
 * Makes client WebSocket streams (RFC 6455, RFC 8441), policy protocol {@code ws}.
 * Servers take WebSocket connections through the upgrade of an HTTP listener. May be used
 * from any thread.
 */
public final class WebSocketTransportFactory implements StreamTransportFactory {

	private final TransportRuntime runtime;

	private final Tunnels tunnels;

	private final HttpServices services;

	private final WebSocketLimits settings;

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param tunnels makes streams of HTTP/2 connections
	 * @param services what HTTP transports share
	 * @param settings limits
	 */
	public WebSocketTransportFactory(TransportRuntime runtime, Tunnels tunnels, HttpServices services,
			WebSocketLimits settings) {
		this.runtime = runtime;
		this.tunnels = tunnels;
		this.services = services;
		this.settings = settings;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return Set.of(Protocol.WS);
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return Set.of();
	}

	@Override
	public StreamTransport client(StreamLink link) {
		return new WebSocketClientTransport(link, this.runtime.connector(), this.tunnels, this.services, this.settings);
	}

	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		return CompletableFuture
			.failedFuture(new UnsupportedOperationException("WebSocket listeners are not made by this factory"));
	}

}
