package io.securestreams.transport.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http1.Http1Server;

/**
 * Listens for server streamtypes of HTTP and WebSocket. Those with the same endpoint and
 * port share the socket, on which each request finds its streamtype by path; a socket
 * with a port that is free to choose is never shared. May be used from any thread.
 */
public final class ServingTransportFactory implements StreamTransportFactory {

	private final TransportRuntime runtime;

	private final Http1Server http1;

	/** By endpoint and port; guarded by itself. */
	private final Map<PortKey, ServingPort> ports = new HashMap<>();

	/**
	 * Makes a factory.
	 * @param runtime what transports share
	 * @param http1 serves HTTP/1.1
	 */
	public ServingTransportFactory(TransportRuntime runtime, Http1Server http1) {
		this.runtime = runtime;
		this.http1 = http1;
	}

	@Override
	public Set<Protocol> clientProtocols() {
		return Set.of();
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return Set.of(Protocol.H1, Protocol.H2, Protocol.WS);
	}

	@Override
	public StreamTransport client(StreamLink link) {
		throw new UnsupportedOperationException("for listeners only");
	}

	/**
	 * Makes a streamtype reachable; what it has to share with others on the same socket
	 * is the TLS settings. Packets are marked as the first one says.
	 */
	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		ServerRoute route = ServerRoute.of(policy, acceptor);
		int port = policy.endpoint().port();
		String address = policy.endpoint().address().text();
		boolean shared = port != 0 || address.startsWith("+");
		PortKey key = new PortKey(address, port);
		try {
			synchronized (this.ports) {
				ServingPort known = shared ? this.ports.get(key) : null;
				if (known != null && known.join(route)) {
					return known.member(route);
				}
				CompletionStage<Void> free = (known != null) ? known.closed() : CompletableFuture.completedFuture(null);
				ServingPort opened = new ServingPort(policy, this.http1);
				opened.join(route);
				if (shared) {
					this.ports.put(key, opened);
					opened.closed().thenRun(() -> forget(key, opened));
				}
				free.thenRun(() -> opened.open(this.runtime.listener()));
				return opened.member(route);
			}
		}
		catch (SecureStreamsException ex) {
			return CompletableFuture.failedFuture(ex);
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
