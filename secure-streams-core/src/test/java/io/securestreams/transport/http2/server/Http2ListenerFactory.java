package io.securestreams.transport.http2.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;

/**
 * Listeners whose connections all speak HTTP/2, with or without TLS.
 */
public final class Http2ListenerFactory implements ListenerFactory {

	private final TransportRuntime runtime;

	private final Http2Server server;

	public Http2ListenerFactory(TransportRuntime runtime, HttpServerLimits limits) {
		this.runtime = runtime;
		this.server = new Http2Server(limits);
	}

	@Override
	public Set<Protocol> serverProtocols() {
		return Set.of(Protocol.H2);
	}

	@Override
	public CompletionStage<BoundListener> listen(StreamPolicy policy, Acceptor acceptor) {
		ServerRoutes routes = ServerRoutes.NONE.with(ServerRoute.of(policy, acceptor));
		return this.runtime.listener()
			.bind(policy, List.of("h2"), (channel) -> this.server.accept(channel, () -> routes));
	}

}
