package io.securestreams.spring.boot.autoconfigure;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that stop, pause and start again, as test suites and developer tools do
 * it, also while handlers block.
 */
@Timeout(120)
class ApplicationLifecycleTests {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	/** The common pool may have one thread only. */
	private final ExecutorService elsewhere = Executors.newCachedThreadPool();

	private static volatile CountDownLatch release = new CountDownLatch(0);

	private static volatile CompletableFuture<Void> blocked = new CompletableFuture<>();

	@AfterEach
	void stop() {
		release.countDown();
		this.contexts.forEach(ConfigurableApplicationContext::close);
		this.elsewhere.shutdown();
	}

	private ConfigurableApplicationContext start(int port, String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.initializers((GenericApplicationContext application) -> application.registerBean(Policy.class,
					() -> policy(port)))
			.properties("secure-streams.engine.event-loop-threads=1", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
		this.contexts.add(context);
		return context;
	}

	private static Policy policy(int port) {
		return PolicyJson.read("""
				{ "s": [ { "pages": { "server": true, "endpoint": "127.0.0.1", "port": %d, "protocol": "h1",
				    "http_url": "/", "metadata": [ { "path": "" } ] } } ] }
				""".formatted(port), "test").policy();
	}

	private static int freePort() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static String get(int port, String path) throws Exception {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			InputStream in = socket.getInputStream();
			return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	@Test
	void aPausedApplicationLeavesItsPortToAnother() throws Exception {
		int port = freePort();
		ConfigurableApplicationContext first = start(port);
		assertThat(get(port, "/x")).endsWith("served /x");
		first.pause();
		ConfigurableApplicationContext second = start(port);
		assertThat(get(port, "/y")).endsWith("served /y");
		second.close();
		first.restart();
		assertThat(get(port, "/z")).endsWith("served /z");
		assertThat(first.getBean(SecureStreamHandlerRegistry.class).isRunning()).isTrue();
	}

	@Test
	void anApplicationStartsAgainAndAgain() throws Exception {
		int port = freePort();
		for (int i = 0; i < 5; i++) {
			ConfigurableApplicationContext context = start(port);
			assertThat(get(port, "/" + i)).endsWith("served /" + i);
			context.close();
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(threads()).as("threads that are left").isEmpty());
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("secure-streams"))
			.toList();
	}

	@ParameterizedTest
	@CsvSource({ "executor,close", "event-loop,close", "executor,pause", "event-loop,pause" })
	void aHandlerThatDoesNotReturnDoesNotKeepTheApplication(String dispatch, String how) throws Exception {
		release = new CountDownLatch(1);
		blocked = new CompletableFuture<>();
		int port = freePort();
		ConfigurableApplicationContext context = start(port, "secure-streams.handlers.dispatch=" + dispatch,
				"secure-streams.shutdown.drain-timeout=300ms", "spring.lifecycle.timeout-per-shutdown-phase=2s");
		CompletableFuture<String> answer = ask(port, "/block");
		blocked.get(20, TimeUnit.SECONDS);
		CompletableFuture<Void> closing = CompletableFuture
			.runAsync(how.equals("close") ? context::close : context::pause, this.elsewhere);
		assertThat(closing).as("closing").succeedsWithin(Duration.ofSeconds(20));
		release.countDown();
		if (how.equals("pause")) {
			context.restart();
			assertThat(get(port, "/again")).endsWith("served /again");
		}
		assertThat(answer).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void itServesAgainOnItsOtherEventLoopsWhileOneIsStillBlocked() throws Exception {
		release = new CountDownLatch(1);
		blocked = new CompletableFuture<>();
		int port = freePort();
		ConfigurableApplicationContext context = start(port, "secure-streams.handlers.dispatch=event-loop",
				"secure-streams.engine.event-loop-threads=2", "secure-streams.shutdown.drain-timeout=300ms",
				"spring.lifecycle.timeout-per-shutdown-phase=1s");
		CompletableFuture<String> answer = ask(port, "/block");
		blocked.get(20, TimeUnit.SECONDS);
		context.pause();
		context.restart();
		// Those that get to the loop that is blocked wait
		CompletableFuture<?>[] more = new CompletableFuture<?>[4];
		for (int i = 0; i < more.length; i++) {
			more[i] = ask(port, "/again");
		}
		assertThat(CompletableFuture.anyOf(more)).succeedsWithin(Duration.ofSeconds(20))
			.asString()
			.endsWith("served /again");
		assertThat(release.getCount()).isEqualTo(1);
		release.countDown();
		assertThat(answer).succeedsWithin(Duration.ofSeconds(20));
	}

	private CompletableFuture<String> ask(int port, String path) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return get(port, path);
			}
			catch (Exception ex) {
				return ex.toString();
			}
		}, this.elsewhere);
	}

	@ParameterizedTest
	@ValueSource(strings = { "executor", "event-loop" })
	void aHandlerThatIsSlowFinishes(String dispatch) throws Exception {
		release = new CountDownLatch(1);
		blocked = new CompletableFuture<>();
		int port = freePort();
		ConfigurableApplicationContext context = start(port, "secure-streams.handlers.dispatch=" + dispatch);
		CompletableFuture<String> answer = ask(port, "/block");
		blocked.get(20, TimeUnit.SECONDS);
		SecureStreamHandlerRegistry registry = context.getBean(SecureStreamHandlerRegistry.class);
		CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close, this.elsewhere);
		Awaitility.await().until(() -> !registry.isRunning());
		release.countDown();
		assertThat(closing).succeedsWithin(Duration.ofSeconds(20));
		assertThat(answer.get(20, TimeUnit.SECONDS)).endsWith("served /block");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Pages.class)
	static class Application {

	}

	@SecureStreamHandler("pages")
	static class Pages {

		@OnState(StreamState.SERVER_TXN)
		void serve(SecureStream stream) throws InterruptedException {
			String path = stream.metadata().get("path");
			if ("/block".equals(path)) {
				blocked.complete(null);
				release.await();
			}
			stream.answer(200, ("served " + path).getBytes(StandardCharsets.UTF_8));
		}

	}

}
