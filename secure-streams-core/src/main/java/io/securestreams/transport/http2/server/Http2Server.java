package io.securestreams.transport.http2.server;

import java.util.function.Supplier;

import io.netty.channel.Channel;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http2.Http2Connection;
import io.securestreams.transport.http2.frame.FieldNames;
import io.securestreams.transport.loop.PeerName;

/**
 * Serves HTTP/2 (RFC 9113) on connections that have been accepted: each request is a
 * stream of its own. Made once per engine; may be used from any thread.
 */
public final class Http2Server {

	private final HttpServerLimits limits;

	private final TunnelAcceptor tunnels;

	private final FieldNames names = new FieldNames();

	private final HeldBytes held = new HeldBytes();

	/**
	 * Makes a server without tunnels.
	 * @param limits bounds and times
	 */
	public Http2Server(HttpServerLimits limits) {
		this(limits, TunnelAcceptor.NONE);
	}

	/**
	 * Makes a server.
	 * @param limits bounds and times
	 * @param tunnels serves extended CONNECT (RFC 8441); it is offered on connections of
	 * listeners that have a streamtype for WebSocket when they are accepted
	 */
	public Http2Server(HttpServerLimits limits, TunnelAcceptor tunnels) {
		this.limits = limits;
		this.tunnels = tunnels;
	}

	/**
	 * Takes a connection, on its event loop, when TLS and whatever else comes before HTTP
	 * is done: ALPN has chosen {@code h2}, or the client has started with the connection
	 * preface (RFC 9113 section 3.4), which is still to be passed along the pipeline.
	 * Reading starts here. The connection drains on the user event {@link ListenerEnd}.
	 * @param channel the connection; reading is off, and from here on our business
	 * @param routes gives the streamtypes, which may change
	 */
	public void accept(Channel channel, Supplier<ServerRoutes> routes) {
		Http2ServerConnection connection = new Http2ServerConnection(channel, PeerName.of(channel), this.limits, routes,
				this.tunnels, this.names, this.held);
		channel.pipeline().addLast(Http2Connection.NAME, connection);
		channel.config().setAutoRead(true);
	}

}
