package io.securestreams.benchmarks;

import reactor.core.publisher.Flux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The same fetching with Reactor Netty, one event loop, its own pool.
 */
final class ReactorGetClient implements GetClient {

	private final LoopResources loops = LoopResources.create("reactor", 1, true);

	private final ConnectionProvider connections;

	private final HttpClient client;

	private final String path;

	private final int concurrency;

	ReactorGetClient(int port, int connections, String path, HttpProtocol protocol) {
		this.path = path;
		this.concurrency = connections;
		this.connections = ConnectionProvider.create("benchmark", (protocol == HttpProtocol.H2C) ? 1 : connections);
		this.client = HttpClient.create(this.connections)
			.runOn(this.loops, false)
			.host("127.0.0.1")
			.port(port)
			.protocol(protocol);
		run(1);
	}

	@Override
	public void run(int requests) {
		Flux.range(0, requests)
			.flatMap((number) -> this.client.get().uri(this.path).responseContent().then(), this.concurrency)
			.blockLast();
	}

	@Override
	public void close() {
		this.connections.dispose();
		this.loops.dispose();
	}

}
