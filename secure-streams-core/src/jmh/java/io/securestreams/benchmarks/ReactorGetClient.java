package io.securestreams.benchmarks;

import reactor.core.publisher.Flux;
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

	private final int concurrency;

	ReactorGetClient(int port, int connections) {
		this.concurrency = connections;
		this.connections = ConnectionProvider.create("benchmark", connections);
		this.client = HttpClient.create(this.connections)
			.runOn(this.loops, false)
			.host("127.0.0.1")
			.port(port);
		run(connections);
	}

	@Override
	public void run(int requests) {
		Flux.range(0, requests)
			.flatMap((number) -> this.client.get().uri("/hello").responseContent().then(), this.concurrency)
			.blockLast();
	}

	@Override
	public void close() {
		this.connections.dispose();
		this.loops.dispose();
	}

}
