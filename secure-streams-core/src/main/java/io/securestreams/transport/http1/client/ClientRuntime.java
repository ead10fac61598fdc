package io.securestreams.transport.http1.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.EventLoop;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.HttpServices;

/**
 * What the client streams of one engine share. May be used from any thread.
 */
final class ClientRuntime {

	/** Protocol name for ALPN (RFC 7301). */
	static final List<String> ALPN = List.of("http/1.1");

	private final Opener opener;

	private final HttpServices services;

	private final Map<EventLoop, Http1ConnectionPool> pools = new ConcurrentHashMap<>();

	ClientRuntime(Opener opener, HttpServices services) {
		this.opener = opener;
		this.services = services;
	}

	/**
	 * Opens connections; {@code Connector.connect}.
	 */
	interface Opener {

		ConnectAttempt connect(EventLoop loop, Origin origin, ConnectListener listener);

	}

	Opener opener() {
		return this.opener;
	}

	HttpServices services() {
		return this.services;
	}

	HttpClientLimits limits() {
		return this.services.limits();
	}

	List<String> alpn() {
		return ALPN;
	}

	Http1ConnectionPool pool(EventLoop loop) {
		return this.pools.computeIfAbsent(loop, (key) -> new Http1ConnectionPool(limits().maxIdleConnections()));
	}

}
