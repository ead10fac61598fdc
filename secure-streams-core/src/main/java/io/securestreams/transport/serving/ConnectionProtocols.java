package io.securestreams.transport.serving;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http1.server.Http1Server;
import io.securestreams.transport.http2.server.Http2Server;

/**
 * The protocols that connections of the HTTP family may speak. The policy's protocol does
 * not restrict them.
 *
 * @param http1 serves HTTP/1.1
 * @param http2 serves HTTP/2
 * @param firstBytesTimeout most time until a client without TLS shows what it speaks
 */
record ConnectionProtocols(Http1Server http1, Http2Server http2, Duration firstBytesTimeout) {

	/** Name for ALPN. */
	static final String HTTP_2 = "h2";

	/** Names for ALPN (RFC 7301), in order of preference. */
	static final List<String> ALPN = List.of(HTTP_2, "http/1.1");

	/** Serves HTTP/2, or HTTP/1.1. */
	void serve(boolean second, Channel channel, Supplier<ServerRoutes> routes) {
		if (second) {
			this.http2.accept(channel, routes);
		}
		else {
			this.http1.accept(channel, routes);
		}
	}

}
