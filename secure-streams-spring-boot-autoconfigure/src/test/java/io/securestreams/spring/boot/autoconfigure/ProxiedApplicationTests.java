package io.securestreams.spring.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionException;
import io.securestreams.spring.template.TransactionRequest;
import io.securestreams.spring.template.TransactionResponse;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.RefreshOutcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application without a policy, whose streams are fulfilled by a proxy.
 */
@Timeout(60)
class ProxiedApplicationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class));

	@TempDir
	private Path directory;

	private @Nullable SecureStreams site;

	private @Nullable SecureStreams proxy;

	@BeforeEach
	void start() {
		SecureStreams served = SecureStreams.builder().eventLoopThreads(1).policy(policy("""
				{ "s": [ { "web": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "h1",
				    "metadata": [ { "path": "" }, { "method": "" } ] } },
				  { "chat": { "server": true, "endpoint": "127.0.0.1", "port": 0, "protocol": "ws" } } ] }
				""")).build();
		this.site = served;
		int web = port(served.listen("web", Web::new).address());
		int chat = port(served.listen("chat", Echo::new).address());
		SecureStreams made = SecureStreams.builder().socks5(null).eventLoopThreads(1).policy(policy("""
				{ "s": [ { "page": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_url": "${name}",
				    "metadata": [ { "name": "" } ] } },
				  { "upload": { "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "http_method": "POST",
				    "http_url": "up" } },
				  { "bytes": { "endpoint": "127.0.0.1", "port": %2$d, "protocol": "raw" } },
				  { "room": { "endpoint": "127.0.0.1", "port": %2$d, "protocol": "ws", "nailed_up": true } } ] }
				""".formatted(web, chat))).build();
		this.proxy = made;
		made.serveProxy(ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse(address()))).build());
	}

	@AfterEach
	void stop() {
		if (this.proxy != null) {
			this.proxy.close();
		}
		if (this.site != null) {
			this.site.close();
		}
	}

	private String address() {
		return "unix:" + this.directory.resolve("proxy");
	}

	private static Policy policy(String json) {
		return PolicyJson.read(json, "test").policy();
	}

	private static int port(SocketAddress address) {
		return ((InetSocketAddress) address).getPort();
	}

	private ApplicationContextRunner proxied() {
		return this.contextRunner.withPropertyValues("secure-streams.proxy.client.address=" + address());
	}

	@Test
	void templatesNeedNoPolicy() {
		proxied().run((context) -> {
			assertThat(context).hasNotFailed();
			SecureStreamTemplate template = context.getBean(SecureStreamTemplate.class);
			assertThat(template.exchange("page", TransactionRequest.with("name", "index")).text())
				.isEqualTo("GET /index");
			assertThat(template.exchange("upload", TransactionRequest.of("some text")).text())
				.isEqualTo("POST 9 bytes");
			template.send("upload", "again");
			assertThat(context.getBean(SecureStreams.class).isProxied()).isTrue();
		});
	}

	@Test
	void whatTheProxyCannotDoFailsAtOnce() {
		proxied().run((context) -> {
			SecureStreamTemplate template = context.getBean(SecureStreamTemplate.class);
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(TransactionException.class)
					.isThrownBy(() -> template.exchange("page",
							TransactionRequest.with("nmae", "x").within(Duration.ofMinutes(5))))
					.withMessageContaining("\"nmae\"")
					.withMessageContaining("the proxy's policy");
				assertThatExceptionOfType(SecureStreamsException.class)
					.isThrownBy(
							() -> template.exchange("bytes", TransactionRequest.of("x").within(Duration.ofMinutes(5))))
					.withMessageContaining("nothing is acknowledged");
			}
			assertThat(template.exchange("page", TransactionRequest.with("name", "a")).text()).isEqualTo("GET /a");
		});
	}

	@Test
	void handlerBeansAreBoundToStreamtypesThatOnlyTheProxyKnows() {
		proxied().withUserConfiguration(Rooms.class).run((context) -> {
			assertThat(context).hasNotFailed();
			Room room = context.getBean(Room.class);
			assertThat(room.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
			SecureStream stream = context.getBean(SecureStreams.class).streams().iterator().next();
			assertThat(stream.snapshot().protocol()).isEqualTo("ws");
			assertThat(stream.snapshot().peer()).isEqualTo(address());
		});
	}

	@Test
	void aPolicyOfTheApplicationsOwnIsNotFetchedByWayOfTheProxy() throws Exception {
		Path local = Files.writeString(this.directory.resolve("local.json"), """
				{ "s": [ { "fetch_policy": { "endpoint": "127.0.0.1", "port": 9, "protocol": "h1" } },
				  { "captive_portal_detect": { "endpoint": "127.0.0.1", "port": 9, "protocol": "h1" } } ] }
				""");
		proxied()
			.withConfiguration(AutoConfigurations.of(SecureStreamsPolicyAutoConfiguration.class,
					SecureStreamsCaptivePortalAutoConfiguration.class))
			.withPropertyValues("secure-streams.policy.location=" + local.toUri())
			.run((context) -> {
				assertThat(context).hasNotFailed();
				PolicyRefresher refresher = context.getBean(PolicyRefresher.class);
				assertThat(refresher.status().fetching()).isFalse();
				RefreshOutcome outcome = refresher.refresh().toCompletableFuture().join();
				assertThat(outcome.result()).isEqualTo(RefreshOutcome.Result.NOT_AVAILABLE);
				assertThat(outcome.message()).contains("a proxy's");
				assertThat(context.getBean(CaptivePortalDetector.class).status().available()).isFalse();
				assertThat(context.getBean(SecureStreamTemplate.class)
					.exchange("page", TransactionRequest.with("name", "a"))).extracting(TransactionResponse::text)
					.isEqualTo("GET /a");
			});
	}

	@Test
	void addressesMakeSense() {
		this.contextRunner.withPropertyValues("secure-streams.proxy.client.address=http://proxy")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("http://proxy")
				.hasMessageContaining("unix:"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Rooms {

		@Bean
		Room room() {
			return new Room();
		}

	}

	/**
	 * Says hello and listens.
	 */
	@SecureStreamHandler("room")
	static class Room {

		final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		@OnState(StreamState.CONNECTED)
		void enter(SecureStream stream) {
			stream.send("hello".getBytes(StandardCharsets.UTF_8));
		}

		@OnReceive
		void hear(String text) {
			this.heard.add(text);
		}

	}

	/**
	 * Answers with what it was asked.
	 */
	private static final class Web implements StreamHandler {

		private int received;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN && "GET".equals(stream.metadata().get("method"))) {
				answer(stream, "GET " + stream.metadata().get("path"));
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.received += payload.length();
			if (payload.isEnd()) {
				answer(stream, "POST " + this.received + " bytes");
			}
		}

		private static void answer(SecureStream stream, String text) {
			stream.answer(200, text.getBytes(StandardCharsets.UTF_8));
		}

	}

	/**
	 * Sends back what it gets.
	 */
	private static final class Echo implements StreamHandler {

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			stream.send(payload.toByteArray());
		}

	}

}
