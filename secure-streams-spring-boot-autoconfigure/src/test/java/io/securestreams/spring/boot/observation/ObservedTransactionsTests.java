package io.securestreams.spring.boot.observation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionException;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ObservedTransactions}, with the JDK's HTTP server and a handler that
 * sends traces as those of tracing libraries do.
 */
@Timeout(60)
class ObservedTransactionsTests {

	private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private final Queue<String> traces = new ConcurrentLinkedQueue<>();

	private final CountDownLatch release = new CountDownLatch(1);

	private final Queue<TransactionContext> ended = new ConcurrentLinkedQueue<>();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private HttpServer server;

	private SecureStreams engine;

	private SecureStreamTemplate template;

	@TempDir
	private Path directory;

	/** What a tracing library does with a request. */
	private final class Tracer implements ObservationHandler<SenderContext<Object>> {

		@Override
		public void onStart(SenderContext<Object> context) {
			context.getSetter().set(context.getCarrier(), "Traceparent", TRACE);
			context.getSetter().set(context.getCarrier(), "tracestate", "a=b");
		}

		@Override
		public void onStop(SenderContext<Object> context) {
			ObservedTransactionsTests.this.ended.add((TransactionContext) (Observation.Context) context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SenderContext;
		}

	}

	@BeforeEach
	void start() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", (exchange) -> {
			this.traces.add(exchange.getRequestHeaders().getFirst("traceparent") + " "
					+ exchange.getRequestHeaders().getFirst("tracestate"));
			String path = exchange.getRequestURI().getPath();
			if (path.equals("/never")) {
				await(this.release);
			}
			exchange.sendResponseHeaders(path.equals("/missing") ? 404 : 200, 2);
			exchange.getResponseBody().write(new byte[] { 'o', 'k' });
			exchange.close();
		});
		this.server.start();
		this.registry.observationConfig()
			.observationHandler(new Tracer())
			.observationHandler(new DefaultMeterObservationHandler(this.meters));
		this.engine = SecureStreams.builder()
			.policy(PolicyJson.read(policy(this.server.getAddress().getPort()), "test").policy())
			.eventLoopThreads(1)
			.build();
		this.template = new SecureStreamTemplate(this.engine, Duration.ofSeconds(30), 1_000_000, this.threads,
				new ObservedTransactions(this.registry, TransactionObservationConvention.DEFAULT));
	}

	private static String policy(int port) {
		String type = "\"endpoint\": \"127.0.0.1\", \"port\": %d, \"protocol\": \"h1\", \"http_method\": \"GET\""
			.formatted(port);
		return """
				{ "s": [
				{ "traced": { %1$s, "http_url": "ok", "metadata": [ { "trace": "traceparent:" } ] } },
				{ "direct": { %1$s, "http_url": "ok", "direct_proto_str": true } },
				{ "plain": { %1$s, "http_url": "ok" } },
				{ "missing": { %1$s, "http_url": "missing" } },
				{ "never": { %1$s, "http_url": "never" } } ] }
				""".formatted(type);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.engine.close();
		this.server.stop(0);
		this.threads.shutdown();
	}

	private Timer timer(String streamType) {
		return this.meters.get("secure.streams.transaction").tag("streamtype", streamType).timer();
	}

	@Test
	void aTraceGoesOnWhereThePolicyLetsIt() {
		assertThat(this.template.exchange("traced").text()).isEqualTo("ok");
		assertThat(this.template.exchange("direct").text()).isEqualTo("ok");
		assertThat(this.template.exchange("plain").text()).isEqualTo("ok");
		assertThat(this.traces).containsExactly(TRACE + " null", TRACE + " a=b", "null null");
		assertThat(this.ended).extracting(TransactionContext::outcome).containsOnly("SUCCESS");
	}

	@Test
	void whatTheApplicationHasSetStays() {
		this.template.exchange("traced", TransactionRequest.with("trace", "mine"));
		assertThat(this.traces).containsExactly("mine null");
	}

	@Test
	void theOutcomeIsThereBeforeAnybodyKnows() {
		this.template.exchange("traced");
		assertThat(timer("traced").getId().getTags()).extracting((tag) -> tag.getKey() + "=" + tag.getValue())
			.containsExactlyInAnyOrder("streamtype=traced", "protocol=h1", "outcome=SUCCESS", "status=200",
					"error=none");
		assertThatExceptionOfType(TransactionException.class).isThrownBy(() -> this.template.exchange("missing"));
		assertThat(timer("missing").getId().getTags()).extracting((tag) -> tag.getKey() + "=" + tag.getValue())
			.containsExactlyInAnyOrder("streamtype=missing", "protocol=h1", "outcome=REJECTED", "status=404",
					"error=TransactionException");
		this.template.download("plain", this.directory.resolve("file"));
		assertThat(timer("plain").getId().getTag("status")).isEqualTo("200");
		assertThat(timer("plain").count()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatIsGivenUpEndsOnce(boolean cancel) {
		CompletableFuture<?> pending = this.template.exchangeAsync("never");
		Awaitility.await().until(() -> !this.traces.isEmpty());
		if (cancel) {
			pending.cancel(true);
			pending.cancel(true);
		}
		else {
			this.engine.streams().forEach(SecureStream::close);
		}
		Awaitility.await().until(() -> !this.ended.isEmpty());
		this.release.countDown();
		Awaitility.await().until(() -> this.engine.streams().isEmpty());
		assertThat(this.ended).singleElement()
			.extracting(TransactionContext::outcome)
			.isEqualTo(cancel ? "CANCELLED" : "CLOSED");
	}

	@Test
	void aTransactionIsAChildOfWhatItsCallerIsInTheMiddleOf() {
		Observation outer = Observation.start("outer", this.registry);
		outer.scoped(() -> this.template.exchange("plain"));
		outer.stop();
		this.template.exchange("plain");
		assertThat(this.ended).extracting(Observation.Context::getParentObservation).containsExactly(outer, null);
	}

	@Test
	void aNameThatNobodyKnowsIsNotObserved() {
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> this.template.exchange("user input"));
		assertThat(this.ended).isEmpty();
		assertThat(this.meters.getMeters()).isEmpty();
	}

	@Test
	void nothingIsMadeWhereNobodyObserves() {
		ObservedTransactions idle = new ObservedTransactions(ObservationRegistry.NOOP,
				TransactionObservationConvention.DEFAULT);
		TransactionRequest request = new TransactionRequest(Map.of(), null, null, StreamOptions.DEFAULTS);
		assertThat(idle.begin("plain", null, request).request()).isSameAs(request);
	}

}
