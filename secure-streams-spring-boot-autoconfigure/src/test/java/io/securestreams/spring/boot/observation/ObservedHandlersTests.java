package io.securestreams.spring.boot.observation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.policy.Policy;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.handler.HandlerObserver;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionException;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.stream.factory.StreamServer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ObservedHandlers}, with clients of our own and a handler that sends
 * and takes up traces as those of tracing libraries do.
 */
@Timeout(60)
class ObservedHandlersTests {

	private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final Queue<String> traces = new ConcurrentLinkedQueue<>();

	private final Queue<Observation.Context> ended = new ConcurrentLinkedQueue<>();

	private ConfigurableApplicationContext context;

	private SecureStreamTemplate template;

	/** What a tracing library does. */
	private final class Tracer implements ObservationHandler<Observation.Context> {

		@Override
		@SuppressWarnings("unchecked")
		public void onStart(Observation.Context started) {
			if (started instanceof SenderContext<?> sender) {
				SenderContext<Object> to = (SenderContext<Object>) sender;
				to.getSetter().set(to.getCarrier(), "traceparent", TRACE);
			}
			if (started instanceof ReceiverContext<?> receiver) {
				ReceiverContext<Object> from = (ReceiverContext<Object>) receiver;
				ObservedHandlersTests.this.traces
					.add(started.getName() + " " + from.getGetter().get(from.getCarrier(), "traceparent"));
			}
		}

		@Override
		public void onStop(Observation.Context stopped) {
			ObservedHandlersTests.this.ended.add(stopped);
		}

		@Override
		public boolean supportsContext(Observation.Context any) {
			return true;
		}

	}

	private void start(ObservationRegistry observations, String... properties) {
		this.registry.observationConfig().observationHandler(new Tracer());
		ApplicationContextInitializer<GenericApplicationContext> beans = (application) -> {
			application.registerBean(ObservationRegistry.class, () -> observations);
			application.registerBean(Policy.class, ObservedApplication::policy);
		};
		this.context = new SpringApplicationBuilder(ObservedApplication.class).web(WebApplicationType.NONE)
			.initializers(beans)
			.properties("secure-streams.engine.event-loop-threads=1", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
		this.template = this.context.getBean(SecureStreamTemplate.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	private TransactionRequest to(String server, String path) {
		return TransactionRequest.with("port", String.valueOf(port(server))).andWith("path", path);
	}

	private int port(String server) {
		StreamServer found = this.context.getBean(SecureStreamHandlerRegistry.class).server(server);
		return ((InetSocketAddress) found.address()).getPort();
	}

	private TestObservationRegistryAssert observed() {
		return TestObservationRegistryAssert.assertThat(this.registry);
	}

	/** The client may have its answer before the stream of the server has ended. */
	private void awaitEnded(String name, int times) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.ended.stream().filter((each) -> name.equals(each.getName())).count() == times);
	}

	@ParameterizedTest
	@CsvSource({ "h1,executor", "h1,event-loop", "h2,executor", "h2,event-loop" })
	void aRequestIsObservedAndItsHandlerRunsInScope(String protocol, String dispatch) {
		start(this.registry, "secure-streams.handlers.dispatch=" + dispatch);
		assertThat(this.template.exchange("get-" + protocol, to("pages", "ok")).text())
			.isEqualTo("secure.streams.server.transaction on loop: " + dispatch.equals("event-loop"));
		awaitEnded("secure.streams.server.transaction", 1);
		observed().hasObservationWithNameEqualTo("secure.streams.server.transaction")
			.that()
			.hasBeenStarted()
			.hasBeenStopped()
			.hasContextualNameEqualTo("serve pages")
			.hasLowCardinalityKeyValue("streamtype", "pages")
			.hasLowCardinalityKeyValue("protocol", "h1")
			.hasLowCardinalityKeyValue("outcome", "SUCCESS")
			.hasLowCardinalityKeyValue("status", "200")
			.hasHighCardinalityKeyValueWithKey("stream")
			.doesNotHaveError();
		assertThat(this.traces).contains("secure.streams.server.transaction " + TRACE);
		observed().hasNumberOfObservationsWithNameEqualTo("secure.streams.transaction", 1)
			.hasNumberOfObservationsWithNameEqualTo("secure.streams.handler", 0)
			.doesNotHaveAnyRemainingCurrentScope();
	}

	@ParameterizedTest
	@CsvSource({ "h1,executor", "h1,event-loop", "h2,executor", "h2,event-loop" })
	void whatTheHandlerThrowsIsItsError(String protocol, String dispatch) {
		start(this.registry, "secure-streams.handlers.dispatch=" + dispatch);
		assertThatExceptionOfType(TransactionException.class)
			.isThrownBy(() -> this.template.exchange("get-" + protocol, to("pages", "broken")));
		awaitEnded("secure.streams.server.transaction", 1);
		observed().hasObservationWithNameEqualTo("secure.streams.server.transaction")
			.that()
			.hasLowCardinalityKeyValue("outcome", "ERROR")
			.hasLowCardinalityKeyValue("status", "500")
			.hasError()
			.thenError()
			.hasMessage("on purpose");
	}

	@ParameterizedTest
	@CsvSource({ "h1,executor", "h1,event-loop", "h2,executor", "h2,event-loop" })
	void whatIsReceivedIsPartOfTheRequest(String protocol, String dispatch) {
		start(this.registry, "secure-streams.handlers.dispatch=" + dispatch);
		TransactionRequest request = new TransactionRequest(to("pages", "in").metadata(),
				TransactionRequest.of("hello".getBytes(StandardCharsets.UTF_8)).body(), null,
				TransactionRequest.EMPTY.options());
		assertThatExceptionOfType(TransactionException.class)
			.isThrownBy(() -> this.template.exchange("post-" + protocol, request))
			.satisfies((ex) -> assertThat(ex.answer().status()).isEqualTo(418));
		awaitEnded("secure.streams.server.transaction", 1);
		observed().hasObservationWithNameEqualTo("secure.streams.server.transaction")
			.that()
			.hasLowCardinalityKeyValue("outcome", "REJECTED")
			.hasLowCardinalityKeyValue("status", "418");
		assertThat(this.context.getBean(ObservedApplication.Pages.class).received)
			.containsExactly("hello in secure.streams.server.transaction");
	}

	@Test
	void aStreamHandlerRunsInTheScopeToo() {
		start(this.registry);
		assertThat(this.template.exchange("get-h1", to("direct", "x")).text())
			.isEqualTo("secure.streams.server.transaction");
		awaitEnded("secure.streams.server.transaction", 1);
		assertThat(this.traces).contains("secure.streams.server.transaction " + TRACE);
	}

	@Test
	void aRequestEndsThatAnotherHandlerHasTakenOver() {
		start(this.registry);
		assertThat(this.template.exchange("get-h1", to("handed", "x")).text()).isEqualTo("by the next");
		awaitEnded("secure.streams.server.transaction", 1);
	}

	@Test
	void aRequestEndsWithoutAnAnswer() throws Exception {
		start(this.registry, "secure-streams.http.server.answer-timeout=200ms");
		assertThatExceptionOfType(TransactionException.class)
			.isThrownBy(() -> this.template.exchange("get-h1", to("pages", "never")));
		awaitEnded("secure.streams.server.transaction", 1);
		observed().hasObservationWithNameEqualTo("secure.streams.server.transaction")
			.that()
			.hasLowCardinalityKeyValue("outcome", "TIMEOUT")
			.hasLowCardinalityKeyValue("status", "503");
	}

	@Test
	void aClientThatGoesEndsItsRequest() throws Exception {
		start(this.registry);
		try (Socket socket = new Socket("127.0.0.1", port("pages"))) {
			socket.getOutputStream()
				.write("GET /never HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> !this.traces.isEmpty());
		}
		awaitEnded("secure.streams.server.transaction", 1);
		observed().hasObservationWithNameEqualTo("secure.streams.server.transaction")
			.that()
			.hasLowCardinalityKeyValue("outcome", "LOST")
			.hasLowCardinalityKeyValue("status", "none");
	}

	@ParameterizedTest
	@CsvSource({ "executor", "event-loop" })
	void elsewhereEachCallIsObserved(String dispatch) throws IOException {
		start(this.registry, "secure-streams.handlers.dispatch=" + dispatch);
		try (Socket socket = new Socket("127.0.0.1", port("lines"))) {
			socket.getOutputStream().write('a');
			assertThat(socket.getInputStream().read()).isEqualTo('a');
			awaitEnded("secure.streams.handler", 1);
			socket.getOutputStream().write('!');
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		awaitEnded("secure.streams.handler", 2);
		observed().hasNumberOfObservationsWithNameEqualTo("secure.streams.handler", 2)
			.hasAnObservation((each) -> each.hasContextualNameEqualTo("lines receive")
				.hasLowCardinalityKeyValue("streamtype", "lines")
				.hasLowCardinalityKeyValue("event", "RECEIVE")
				.hasHighCardinalityKeyValueWithKey("stream")
				.doesNotHaveError())
			.hasAnObservation((
					each) -> each.hasContextualNameEqualTo("lines receive").hasError().thenError().hasMessage("enough"))
			.doesNotHaveAnyRemainingCurrentScope();
		assertThat(this.context.getBean(ObservedApplication.Lines.class).scopes)
			.containsExactly("secure.streams.handler", "secure.streams.handler");
	}

	@Test
	void nothingIsAroundHandlersWhereNobodyObserves() {
		start(ObservationRegistry.NOOP);
		assertThat(this.context.getBean(HandlerObserver.class).isObserving()).isFalse();
		assertThat(this.template.exchange("get-h1", to("direct", "x")).text()).isEqualTo("none");
	}

	@Test
	void namesAreThoseOfTheApplication() {
		start(this.registry, "other.names=true");
		this.template.exchange("get-h1", to("pages", "ok"));
		awaitEnded("mine", 1);
		observed().hasNumberOfObservationsWithNameEqualTo("secure.streams.server.transaction", 0);
	}

	@Test
	void anObserverOfTheApplicationTakesThePlaceOfAll() {
		start(this.registry, "other.observer=true");
		assertThat(this.context.getBeansOfType(ObservedHandlers.class)).isEmpty();
		assertThat(this.template.exchange("get-h1", to("pages", "ok")).text()).startsWith("none on loop");
		assertThat(this.context.getBean(ObservedApplication.Other.class).events).containsExactly("SERVER_TXN");
	}

	@Test
	void lazyBeansAreObserved() {
		start(this.registry, "spring.main.lazy-initialization=true");
		assertThat(this.template.exchange("get-h1", to("direct", "x")).text())
			.isEqualTo("secure.streams.server.transaction");
		awaitEnded("secure.streams.server.transaction", 1);
	}

}
