package io.securestreams.spring.boot.autoconfigure;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.RefreshOutcome;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contexts that are paused and go on, as the cache of Spring's tests does it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PausedContextTests {

	private final ExecutorService elsewhere = Executors.newCachedThreadPool();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
				SecureStreamsPolicyAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class))
		.withPropertyValues("secure-streams.engine.event-loop-threads=1");

	@AfterEach
	void stop() {
		this.elsewhere.shutdown();
	}

	private static Policy policy(String streamTypes) {
		return PolicyJson.read("{ \"s\": [ " + streamTypes + " ] }", "test").policy();
	}

	@Test
	void noPolicyIsFetchedMeanwhile() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		String streamType = """
				{ "fetch_policy": { "endpoint": "127.0.0.1", "port": %d, "protocol": "h1", "http_url": "/" } }"""
			.formatted(server.getAddress().getPort());
		server.createContext("/", (exchange) -> {
			asked.incrementAndGet();
			byte[] body = ("{ \"s\": [ " + streamType + " ] }").getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
		try {
			this.contextRunner.withBean(Policy.class, () -> policy(streamType)).run((started) -> {
				ConfigurableApplicationContext context = started.getSourceApplicationContext();
				PolicyRefresher refresher = context.getBean(PolicyRefresher.class);
				assertThat(refresher.status().nextFetch()).isNotNull();
				context.pause();
				assertThat(refresher.refresh().toCompletableFuture().get(20, TimeUnit.SECONDS).result())
					.isEqualTo(RefreshOutcome.Result.NOT_AVAILABLE);
				assertThat(refresher.status().nextFetch()).isNull();
				assertThat(asked).hasValue(1);
				context.restart();
				assertThat(asked).hasValue(2);
				assertThat(refresher.status().nextFetch()).isNotNull();
			});
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void requestsInFlightFinishBeforeTheirExecutorIsPaused() {
		this.contextRunner.withBean(Policy.class, () -> policy("""
				{ "pages": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1" } }"""))
			.withUserConfiguration(Pages.class)
			.run((started) -> {
				ConfigurableApplicationContext context = started.getSourceApplicationContext();
				SecureStreamHandlerRegistry registry = context.getBean(SecureStreamHandlerRegistry.class);
				InetSocketAddress address = (InetSocketAddress) registry.server("pages").address();
				try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
					socket.getOutputStream()
						.write("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhe".getBytes(StandardCharsets.US_ASCII));
					context.getBean(Page.class).asked.get(20, TimeUnit.SECONDS);
					CompletableFuture<Void> pause = CompletableFuture.runAsync(context::pause, this.elsewhere);
					Awaitility.await().until(() -> !registry.isRunning());
					socket.getOutputStream().write("llo".getBytes(StandardCharsets.US_ASCII));
					InputStream in = socket.getInputStream();
					assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200")
						.endsWith("hello");
					assertThat(pause).succeedsWithin(Duration.ofSeconds(20));
					assertThat(context.getBean(ThreadPoolTaskExecutor.class).isRunning()).isFalse();
					context.restart();
					assertThat(registry.isRunning()).isTrue();
				}
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Pages {

		@Bean
		Page page() {
			return new Page();
		}

		@Bean
		ThreadPoolTaskExecutor secureStreamsHandlerExecutor() {
			return new ThreadPoolTaskExecutor();
		}

	}

	@SecureStreamHandler("pages")
	static class Page {

		private final CompletableFuture<Void> asked = new CompletableFuture<>();

		@OnState(StreamState.SERVER_TXN)
		void asked() {
			this.asked.complete(null);
		}

		@OnReceive
		void received(byte[] body, SecureStream stream) {
			stream.answer(200, body);
		}

	}

}
