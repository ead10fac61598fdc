package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.OnState;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.spring.annotation.SecureStreamHandler.Scope;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.EventLoopThread;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.testing.OtherThread;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Server and client streams over TLS in one application, with Actuator over HTTP.
 */
@Timeout(60)
class SecureStreamsEndToEndTests {

	private static final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path directory;

	private @Nullable ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Test
	void clientsAndServersTalk() throws Exception {
		ConfigurableApplicationContext application = start(freePort());
		SecureStreamHandlerRegistry registry = application.getBean(SecureStreamHandlerRegistry.class);
		Page page = application.getBean(Page.class);
		SecureStream stream = registry.stream("page");
		stream.metadata().set("path", "a/b");
		stream.connect();
		assertThat(page.next()).isEqualTo("event loop: served /a/b by 1");

		Order order = application.getBean(Order.class);
		registry.stream("order").send("{\"item\":\"tea\"}".getBytes(StandardCharsets.UTF_8));
		assertThat(order.next()).isEqualTo("application: Receipt[item=tea, status=200]");
	}

	@Test
	void actuatorShowsAndSteersLiveStreams() throws Exception {
		ConfigurableApplicationContext application = start(freePort());
		JsonNode all = json(get(application, "/actuator/securestreams"));
		assertThat(all.get("streams")).extracting((stream) -> stream.get("streamtype").asString())
			.containsExactlyInAnyOrder("page", "order", "slow");
		assertThat(all.get("servers")).singleElement()
			.satisfies((server) -> assertThat(server.get("address").asString()).startsWith("127.0.0.1:"));
		String id = application.getBean(SecureStreamHandlerRegistry.class).stream("page").id();
		String path = "/actuator/securestreams/" + id;
		assertThat(json(get(application, path)).get("state").asString()).isEqualTo("CREATING");

		assertThat(post(application, path, "{\"action\":\"connect\"}").statusCode()).isEqualTo(204);
		application.getBean(Page.class).next();
		JsonNode page = json(get(application, path));
		assertThat(page.get("counters").get("connections").asInt()).isEqualTo(1);
		assertThat(page.get("protocol").asString()).isEqualTo("h1");
		assertThat(page.get("peer").asString()).startsWith("127.0.0.1");

		HttpResponse<String> unknownAction = post(application, path, "{\"action\":\"explode\"}");
		assertThat(unknownAction.statusCode()).isEqualTo(400);
		assertThat(unknownAction.body()).contains("expected: connect, disconnect, hang-up, destroy");
		assertThat(post(application, path, "{}").statusCode()).isEqualTo(400);
		assertThat(post(application, "/actuator/securestreams/none-1", "{\"action\":\"connect\"}").statusCode())
			.isEqualTo(404);
		assertThat(get(application, "/actuator/securestreams/none-1").statusCode()).isEqualTo(404);

		assertThat(post(application, path, "{\"action\":\"destroy\"}").statusCode()).isEqualTo(204);
		application.getBean(Page.class).destroyed.get(10, TimeUnit.SECONDS);
		assertThat(json(get(application, "/actuator/health/secureStreams")).get("status").asString()).isEqualTo("UP");
		assertThat(get(application, "/actuator/metrics/secure.streams.states").body()).contains("DESTROYING");
	}

	@Test
	void writingNeedsPermission() throws Exception {
		ConfigurableApplicationContext application = start(freePort(), "read-only");
		String id = application.getBean(SecureStreamHandlerRegistry.class).stream("page").id();
		assertThat(post(application, "/actuator/securestreams/" + id, "{\"action\":\"connect\"}").statusCode())
			.isEqualTo(405);
	}

	@Test
	void closingTheContextLetsTransactionsFinish() throws Exception {
		ConfigurableApplicationContext application = start(freePort());
		SecureStreamHandlerRegistry registry = application.getBean(SecureStreamHandlerRegistry.class);
		registry.stream("slow").connect();
		SecureStream held = Shop.held.poll(10, TimeUnit.SECONDS);
		assertThat(held).isNotNull();
		Slow slow = application.getBean(Slow.class);
		CompletableFuture<Void> closed = OtherThread.run(application::close);
		while (registry.isRunning()) {
			Thread.onSpinWait();
		}
		assertThat(closed).isNotDone();
		held.answer(200, "worth waiting for".getBytes(StandardCharsets.UTF_8));
		closed.get(20, TimeUnit.SECONDS);
		assertThat(slow.texts).containsExactly("worth waiting for");
		assertThat(slow.last).isEqualTo(StreamState.DESTROYING);
	}

	@Test
	void aContextMayStopAndStartAgain() throws Exception {
		ConfigurableApplicationContext application = start(freePort());
		SecureStreamHandlerRegistry registry = application.getBean(SecureStreamHandlerRegistry.class);
		SecureStream before = registry.stream("page");
		registry.stop();
		registry.start();
		SecureStream stream = registry.stream("page");
		assertThat(stream).isNotSameAs(before);
		stream.metadata().set("path", "again");
		stream.connect();
		assertThat(application.getBean(Page.class).next()).startsWith("event loop: served /again by ");
	}

	@Test
	void aPortInUseStopsTheStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatException().isThrownBy(() -> start(taken.getLocalPort()))
				.havingCause()
				.satisfies((cause) -> assertThat(cause).hasRootCauseInstanceOf(java.net.BindException.class))
				.havingCause()
				.isInstanceOf(StreamBindException.class);
		}
	}

	private ConfigurableApplicationContext start(int port) throws Exception {
		return start(port, "unrestricted");
	}

	private ConfigurableApplicationContext start(int port, String access) throws Exception {
		Shop.instances = 0;
		Path policy = Files.writeString(this.directory.resolve("policy.json"), policy(port));
		String[] arguments = { "--server.port=0", "--secure-streams.policy.location=" + policy.toUri(),
				"--secure-streams.engine.event-loop-threads=2", "--management.endpoints.web.exposure.include=*",
				"--management.endpoint.securestreams.access=" + access,
				"--management.endpoint.health.show-details=always",
				"--spring.task.execution.thread-name-prefix=application-", "--spring.main.banner-mode=off",
				"--spring.lifecycle.timeout-per-shutdown-phase=15s" };
		SpringApplication application = new SpringApplicationBuilder(Application.class).build();
		application.setRegisterShutdownHook(false);
		ConfigurableApplicationContext started = application.run(arguments);
		this.context = started;
		return started;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	private static String policy(int port) throws Exception {
		X509Bundle authority = new CertificateBuilder().ecp256()
			.subject("CN=Test CA")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle server = new CertificateBuilder().ecp256()
			.subject("CN=localhost")
			.addSanDnsName("localhost")
			.buildIssuedBy(authority);
		return """
				{
				  "release": "01234567", "product": "test", "schema-version": 1,
				  "retry": [ { "default": { "backoff": [ 1000 ], "conceal": 3, "jitterpc": 10 } } ],
				  "certs": [ { "ca": "%2$s" }, { "server": "%3$s" }, { "key": "%4$s" } ],
				  "trust_stores": [ { "name": "test", "stack": [ "ca" ] } ],
				  "s": [
				    { "shop": { "server": true, "endpoint": "127.0.0.1", "port": %1$d, "protocol": "h1", "tls": true,
				      "server_cert": "server", "server_key": "key",
				      "metadata": [ { "method": "" }, { "path": "" } ] } },
				    { "page": { "endpoint": "localhost", "port": %1$d, "protocol": "h1", "http_method": "GET",
				      "http_url": "${path}", "tls": true, "tls_trust_store": "test", "retry": "default",
				      "opportunistic": true, "metadata": [ { "path": "" } ] } },
				    { "order": { "endpoint": "localhost", "port": %1$d, "protocol": "h1", "http_method": "POST",
				      "http_url": "orders", "tls": true, "tls_trust_store": "test", "retry": "default",
				      "opportunistic": true } },
				    { "slow": { "endpoint": "localhost", "port": %1$d, "protocol": "h1", "http_method": "GET",
				      "http_url": "slow", "tls": true, "tls_trust_store": "test", "retry": "default",
				      "opportunistic": true } }
				  ]
				}
				""".formatted(port, base64(authority.getCertificate()), base64(server.getCertificate()),
				Base64.getEncoder().encodeToString(server.getKeyPair().getPrivate().getEncoded()));
	}

	private static String base64(X509Certificate certificate) throws Exception {
		return Base64.getEncoder().encodeToString(certificate.getEncoded());
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext application, String path) throws Exception {
		return http.send(request(application, path).build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpResponse<String> post(ConfigurableApplicationContext application, String path, String body)
			throws Exception {
		return http.send(request(application, path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(ConfigurableApplicationContext application, String path) {
		return HttpRequest.newBuilder(URI.create(
				"http://127.0.0.1:" + application.getEnvironment().getRequiredProperty("local.server.port") + path));
	}

	private static JsonNode json(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(200);
		return JsonMapper.builder().build().readTree(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Shop.class, Page.class, Order.class, Slow.class })
	static class Application {

	}

	@SecureStreamHandler(value = "shop", scope = Scope.PER_STREAM)
	static class Shop {

		private static final BlockingQueue<SecureStream> held = new LinkedBlockingQueue<>();

		private static int instances;

		private final int number = ++instances;

		@OnState(StreamState.SERVER_TXN)
		void request(SecureStream stream, @Metadata("method") String method, @Metadata("path") String path) {
			if (path.equals("/slow")) {
				held.add(stream);
			}
			else if (method.equals("GET")) {
				answer(stream, "served " + path + " by " + this.number);
			}
		}

		@OnReceive
		void order(Item item, SecureStream stream) {
			answer(stream, "{\"item\":\"" + item.item() + "\",\"status\":200}");
		}

		private static void answer(SecureStream stream, String text) {
			stream.acknowledge();
			stream.send(text.getBytes(StandardCharsets.UTF_8));
		}

	}

	@SecureStreamHandler("page")
	static class Page implements StreamHandler {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		private final CompletableFuture<Void> destroyed = new CompletableFuture<>();

		private String text = "";

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.text = payload.isStart() ? payload.text() : this.text + payload.text();
			if (payload.isEnd()) {
				this.texts.add((EventLoopThread.isCurrent() ? "event loop: " : "application: ") + this.text);
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.DESTROYING) {
				this.destroyed.complete(null);
			}
		}

		@Nullable String next() throws InterruptedException {
			return this.texts.poll(10, TimeUnit.SECONDS);
		}

	}

	@SecureStreamHandler(value = "order", dispatch = Dispatch.EXECUTOR)
	static class Order {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		@OnReceive
		void receipt(Receipt receipt) {
			this.texts.add((EventLoopThread.isCurrent() ? "event loop: " : "application: ") + receipt);
		}

		@Nullable String next() throws InterruptedException {
			return this.texts.poll(10, TimeUnit.SECONDS);
		}

	}

	@SecureStreamHandler("slow")
	static class Slow {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		private volatile @Nullable StreamState last;

		@OnReceive
		void text(String text) {
			this.texts.add(text);
		}

		@OnState
		void state(StreamState state) {
			this.last = state;
		}

	}

	record Item(String item) {

	}

	record Receipt(String item, int status) {

	}

}
