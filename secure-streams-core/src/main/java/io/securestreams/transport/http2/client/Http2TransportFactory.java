package io.securestreams.transport.http2.client;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.EventLoop;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.exchange.ClientExchange;
import io.securestreams.transport.http.exchange.RequestConnectors;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * Client streams over HTTP/2 (RFC 9113): streams of one event loop to one origin share
 * connections. Over TLS the version is agreed on by ALPN (RFC 7301), and a peer that
 * speaks only HTTP/1.1 gets that; without TLS it is HTTP/1.1 unless the policy says
 * {@code h2_prior_knowledge}. May be used from any thread.
 */
public final class Http2TransportFactory implements StreamTransportFactory, Tunnels, AutoCloseable {

	private final Http2Sharing sharing;

	private final Map<EventLoop, Http2ConnectionPool> pools = new ConcurrentHashMap<>();

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param http1 finds connections to peers that do not speak HTTP/2
	 * @param services what HTTP transports share, whatever their version
	 */
	public Http2TransportFactory(TransportRuntime runtime, RequestConnectors http1, HttpServices services) {
		this(runtime, http1, services, Http2Limits.of(services.limits()));
	}

	Http2TransportFactory(TransportRuntime runtime, RequestConnectors http1, HttpServices services,
			Http2Limits limits) {
		this.sharing = new Http2Sharing(runtime.connector()::connect, http1, services, limits, new KnownPeers());
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return Set.of(Protocol.H2);
	}

	@Override
	public OptionalInt affinity(StreamPolicy policy) {
		StreamPolicy.Endpoint endpoint = policy.endpoint();
		return OptionalInt.of(Objects.hash(endpoint.address(), endpoint.port()));
	}

	@Override
	public ClientTransport client(ClientLink link) {
		EventLoop loop = ((EventLoopExecutor) link.executor()).eventLoop();
		return new ClientExchange(link, this.sharing.services(),
				new Http2Connector(link, pool(loop), this.sharing, link.options().initialCredit()));
	}

	@Override
	public ClientTunnel make(EventLoop loop, Origin origin, RetryPolicy validity, TunnelRequest request,
			TunnelOpener opener) {
		return new ClientTunnel(pool(loop), origin, validity, request, opener);
	}

	/**
	 * Closes all connections; streams on them fail.
	 */
	@Override
	public void close() {
		this.pools.forEach((loop, pool) -> loop.execute(pool::close));
	}

	private Http2ConnectionPool pool(EventLoop loop) {
		return this.pools.computeIfAbsent(loop, (key) -> new Http2ConnectionPool(key, this.sharing));
	}

}
