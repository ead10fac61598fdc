package io.securestreams.transport.http1.server;

import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * Serves HTTP/1.1 on connections that have been accepted. May be used from any thread.
 */
public final class Http1Server {

	private final HttpServerLimits limits;

	private final UpgradeHandler upgrades;

	/**
	 * Makes a server.
	 * @param limits limits
	 * @param upgrades serves requests that ask for another protocol
	 */
	public Http1Server(HttpServerLimits limits, UpgradeHandler upgrades) {
		this.limits = limits;
		this.upgrades = upgrades;
	}

	/**
	 * Takes a connection, on its event loop, when TLS and whatever else comes before HTTP
	 * is done. What has been read already is passed along the pipeline afterwards.
	 * @param channel the connection; reading is off, and from here on our business
	 * @param routes gives the streamtypes, which may change
	 */
	public void accept(Channel channel, Supplier<ServerRoutes> routes) {
		ServerConnection connection = new ServerConnection(this.limits, EventLoopExecutor.of(channel.eventLoop()),
				PeerName.of(channel), PeerIdentity.of(channel), routes, this.upgrades);
		channel.pipeline().addLast(Http1Handler.NAME, connection);
		connection.start();
	}

}
