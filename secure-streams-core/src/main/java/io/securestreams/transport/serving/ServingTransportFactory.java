package io.securestreams.transport.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http1.server.Http1Server;
import io.securestreams.transport.http2.server.Http2Server;
import io.securestreams.transport.listen.ListenPoint;
import io.securestreams.transport.listen.Listener;
import io.securestreams.transport.listen.VirtualHosts;
import org.jspecify.annotations.Nullable;

/**
 * Listens for server streamtypes of HTTP and WebSocket. Those with the same endpoint and
 * port, or the same vhost, share the socket, on which each request finds its streamtype
 * by path; a streamtype's own socket with a port that is free to choose is never shared.
 * May be used from any thread.
 */
public final class ServingTransportFactory implements ListenerFactory {

	private final VirtualHosts virtualHosts;

	private final Listener listener;

	private final ConnectionProtocols protocols;

	/** By endpoint and port; guarded by itself. */
	private final Map<PortKey, ServingPort> ports = new HashMap<>();

	private int holds;

	/** What sockets wait for before they serve; guarded as the ports. */
	private CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param http1 serves HTTP/1.1
	 * @param http2 serves HTTP/2
	 * @param limits limits of connections
	 */
	public ServingTransportFactory(TransportRuntime runtime, Http1Server http1, Http2Server http2,
			HttpServerLimits limits) {
		this.virtualHosts = runtime.virtualHosts();
		this.listener = runtime.listener();
		this.protocols = new ConnectionProtocols(http1, http2, limits.headTimeout());
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return Set.of(Protocol.H1, Protocol.H2, Protocol.WS);
	}

	private CompletionStage<Void> together() {
		synchronized (this.ports) {
			return this.ready;
		}
	}

	@Override
	public Runnable hold() {
		synchronized (this.ports) {
			if (this.holds++ == 0) {
				this.ready = new CompletableFuture<>();
			}
		}
		return () -> {
			CompletableFuture<Void> done = null;
			synchronized (this.ports) {
				if (--this.holds == 0) {
					done = this.ready;
				}
			}
			if (done != null) {
				done.complete(null);
			}
		};
	}

	/**
	 * Makes a streamtype reachable; what it has to share with others on the same socket
	 * is the TLS settings. Packets are marked as the first one says.
	 */
	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		try {
			ServerRoute route = ServerRoute.of(policy, acceptor);
			if (!VirtualHosts.isNamedBy(policy)) {
				boolean shared = policy.endpoint().port() != 0 || policy.endpoint().address().text().startsWith("+");
				PortKey key = new PortKey(policy.endpoint().address().text(), policy.endpoint().port());
				return listen(route, shared ? key : null, () -> this.listener.point(policy, ConnectionProtocols.ALPN))
					.thenApply((bound) -> bound);
			}
			VirtualHost host = this.virtualHosts.find(policy);
			Runnable leave = this.virtualHosts.join(policy, host, false);
			try {
				return listen(route, new PortKey("!" + host.name(), host.port()),
						() -> this.listener.point(host, ConnectionProtocols.ALPN))
					.whenComplete((bound, failure) -> {
						if (failure != null) {
							leave.run();
						}
					})
					.thenApply((bound) -> bound.afterClose(leave));
			}
			catch (SecureStreamsException ex) {
				leave.run();
				throw ex;
			}
		}
		catch (SecureStreamsException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletionStage<ServingPort.Member> listen(ServerRoute route, @Nullable PortKey key,
			Supplier<ListenPoint> point) {
		synchronized (this.ports) {
			ServingPort known = (key != null) ? this.ports.get(key) : null;
			if (known != null && known.join(route)) {
				return known.member(route);
			}
			CompletionStage<Void> free = (known != null) ? known.closed() : CompletableFuture.completedFuture(null);
			ServingPort opened = new ServingPort(route.policy(), point.get(), this.protocols, this::together);
			opened.join(route);
			if (key != null) {
				this.ports.put(key, opened);
				opened.closed().thenRun(() -> forget(key, opened));
			}
			free.thenRun(() -> opened.open(this.listener));
			return opened.member(route);
		}
	}

	private void forget(PortKey key, ServingPort port) {
		synchronized (this.ports) {
			this.ports.remove(key, port);
		}
	}

	private record PortKey(String endpoint, int port) {
	}

}
