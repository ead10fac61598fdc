package io.securestreams.transport.http2.client;

import java.util.concurrent.CompletableFuture;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.StreamOptions;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http.exchange.RequestConnector;
import io.securestreams.transport.http.exchange.RequestConnectors;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * A factory with everything it needs, and streams on one event loop of it.
 */
final class Http2TestClient implements AutoCloseable {

	private final TestRuntime runtime = TestRuntime.create("auto");

	private final Http2TransportFactory factory;

	private final EventLoopExecutor executor = this.runtime.loops().next();

	/** Completed with the link of a stream that fell back. */
	final CompletableFuture<ClientLink> fellBack = new CompletableFuture<>();

	Http2TestClient() {
		this(Http2Limits.DEFAULT);
	}

	Http2TestClient(HttpClientLimits limits) {
		HttpServices services = new HttpServices(this.runtime.runtime().blobs(), new CookieStore(limits.cookies()),
				(name) -> null, limits);
		this.factory = new Http2TransportFactory(this.runtime.runtime(), new NoHttp1(), services);
	}

	Http2TestClient(Http2Limits limits) {
		this(limits, null);
	}

	Http2TestClient(Http2Limits limits, RequestConnectors http1) {
		this.factory = new Http2TransportFactory(this.runtime.runtime(), (http1 != null) ? http1 : new NoHttp1(),
				HttpServices.of(this.runtime.runtime().blobs()), limits);
	}

	TestRuntime runtime() {
		return this.runtime;
	}

	Http2TestLink stream(StreamPolicy policy, int port) {
		return stream(policy, port, StreamOptions.DEFAULTS);
	}

	Http2TestLink stream(StreamPolicy policy, int port, StreamOptions options) {
		Http2TestLink link = new Http2TestLink(this.executor, policy,
				new Target(new Address.Host("localhost", port), policy.tls().enabled(), null), options);
		return link.transport(this.factory.client(link));
	}

	@Override
	public void close() {
		this.factory.close();
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.executor.execute(() -> done.complete(null));
		Http2TestLink.await(done);
		this.runtime.close();
	}

	private final class NoHttp1 implements RequestConnectors {

		@Override
		public RequestConnector connector(ClientLink link) {
			Http2TestClient.this.fellBack.complete(link);
			return new FakeConnector();
		}

	}

}
