package io.securestreams.transport.websocket.client;

import java.util.Set;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http2.client.Tunnels;

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
	public ClientTransport client(ClientLink link) {
		return new WebSocketClientTransport(link, this.runtime.connector(), this.tunnels, this.services, this.settings);
	}

}
