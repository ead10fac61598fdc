package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import io.securestreams.SecureStreams;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.event.CaptivePortalEvent;
import io.securestreams.spring.event.PolicyChangedEvent;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.captiveportal.CaptivePortalState;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.RefreshOutcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A policy that comes from a server, in an application with handler beans and Actuator.
 */
@Timeout(90)
@ExtendWith(OutputCaptureExtension.class)
class PolicyFetchEndToEndTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path directory;

	private @Nullable HttpServer server;

	private @Nullable ConfigurableApplicationContext context;

	private volatile String policy = "";

	@BeforeEach
	void serve() throws IOException {
		serve(0);
	}

	private void serve(int port) throws IOException {
		HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
		made.createContext("/", (exchange) -> {
			String path = exchange.getRequestURI().getPath();
			byte[] body = (path.equals("/policy.json") ? this.policy : "hello from " + path)
				.getBytes(StandardCharsets.UTF_8);
			if (path.equals("/generate_204")) {
				exchange.sendResponseHeaders(204, -1);
			}
			else {
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body);
			}
			exchange.close();
		});
		made.start();
		this.server = made;
	}

	private int port() {
		return this.server.getAddress().getPort();
	}

	@AfterEach
	void close() {
		if (this.context != null) {
			this.context.close();
		}
		this.server.stop(0);
	}

	private String document(String release, String... streamTypes) {
		List<String> all = new ArrayList<>(List.of(client("fetch_policy", "policy.json", ""),
				client("captive_portal_detect", "generate_204", ", \"http_expect\": 204")));
		all.addAll(Arrays.asList(streamTypes));
		return "{\"release\": \"" + release + "\", \"s\": [" + String.join(",", all) + "]}";
	}

	private String client(String name, String url, String more) {
		return "{\"" + name + "\": {\"endpoint\": \"127.0.0.1\", \"port\": " + port()
				+ ", \"protocol\": \"h1\", \"opportunistic\": true, \"http_url\": \"" + url + "\"" + more + "}}";
	}

	private ConfigurableApplicationContext start(String... properties) throws IOException {
		Path local = Files.writeString(this.directory.resolve("local.json"), document("local"));
		List<String> all = new ArrayList<>(List.of("server.port=0", "secure-streams.policy.location=" + local.toUri(),
				"secure-streams.policy.fetch.cache=" + this.directory.resolve("cache.json"),
				"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"management.endpoint.securestreamspolicy.access=unrestricted", "spring.main.banner-mode=off"));
		all.addAll(Arrays.asList(properties));
		ConfigurableApplicationContext started = new SpringApplicationBuilder(Application.class)
			.properties(all.toArray(String[]::new))
			.run();
		this.context = started;
		return started;
	}

	private void stop() {
		this.context.close();
		this.context = null;
	}

	private String release() {
		return this.context.getBean(SecureStreams.class).policy().release();
	}

	private JsonNode get(String path) throws Exception {
		return read(HttpRequest.newBuilder(uri(path)).build(), 200);
	}

	private JsonNode refresh() throws Exception {
		return read(HttpRequest.newBuilder(uri("securestreamspolicy")).POST(BodyPublishers.noBody()).build(), 200);
	}

	private JsonNode addOverlay(String name, String overlay, int status) throws Exception {
		return read(HttpRequest.newBuilder(uri("securestreamspolicy/" + name))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(JsonMapper.builder().build().writeValueAsString(Map.of("overlay", overlay))))
			.build(), status);
	}

	private JsonNode removeOverlay(String name, int status) throws Exception {
		return read(HttpRequest.newBuilder(uri("securestreamspolicy/" + name)).DELETE().build(), status);
	}

	private JsonNode read(HttpRequest request, int status) throws Exception {
		HttpResponse<String> response = this.http.send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.builder().build().readTree(response.body());
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/" + path);
	}

	@Test
	void handlersStartUnderThePolicyThatWasFetched() throws Exception {
		this.policy = document("1", client("page", "page", ", \"nailed_up\": true, \"perf\": true"));
		start();
		assertThat(this.context.getBean(Page.class).received.poll(30, TimeUnit.SECONDS)).isEqualTo("hello from /page");
		JsonNode shown = get("securestreamspolicy");
		assertThat(shown.get("release").asString()).isEqualTo("1");
		assertThat(shown.get("origin").asString()).isEqualTo("FETCHED");
		assertThat(shown.get("fetch").get("last").get("result").asString()).isEqualTo("CHANGED");
		assertThat(shown.get("lastChange").toString()).contains("s.page: added");
		assertThat(shown.get("total").asInt()).isEqualTo(3);
		assertThat(get("securestreamspolicy?offset=1&limit=1").get("streamtypes")).hasSize(1);
		assertThat(get("securestreamsperf").get("streamtypes").get("page").get("response").get("count").asInt())
			.isEqualTo(1);
		assertThat(get("securestreamsperf?streamtype=none").get("streams")).isEmpty();
		assertThat(get("health").toString()).contains("\"origin\":\"FETCHED\"");
	}

	@Test
	void metricsThatThePolicyAsksForAreReported(CapturedOutput output) throws Exception {
		this.policy = document("1", client("page", "page", ", \"nailed_up\": true")).replaceFirst("\"s\": ",
				"\"metrics\": [{\"name\": \"hourly\", \"us_schedule\": 200000, \"report\": \"n.ss.txn.*\"}], \"s\": ");
		start("logging.level.io.securestreams.spring.boot.metrics=info");
		assertThat(this.context.getBean(Page.class).received.poll(30, TimeUnit.SECONDS)).isNotNull();
		await().untilAsserted(
				() -> assertThat(output).contains("Metrics \"hourly\"").contains("n.ss.txn.ack{ss=page} count 1.0"));
		JsonNode report = get("securestreamsperf?streamtype=page").get("metrics").get(0);
		assertThat(report.get("name").asString()).isEqualTo("hourly");
		assertThat(report.get("figures").get(0).get("metric").asString()).isEqualTo("n.ss.txn.ack");
	}

	@Test
	void howAuthenticationStandsIsShownWithoutItsSecrets() throws Exception {
		this.policy = document("1").replaceFirst("s\": ",
				"auth\": [{\"name\": \"aws\", \"type\": \"sigv4\", \"blob\": 2}], \"s\": ");
		start("secure-streams.blobs.auth-2=AKIDEXAMPLE:not-for-anybody");
		JsonNode shown = get("securestreamspolicy").get("authentication");
		assertThat(shown).hasSize(1);
		assertThat(shown.get(0).get("name").asString()).isEqualTo("aws");
		assertThat(shown.get(0).get("state").asString()).isEqualTo("HELD");
		assertThat(shown.toString()).doesNotContain("not-for-anybody", "AKIDEXAMPLE");
	}

	@Test
	void theStartDoesNotNeedTheServer() throws Exception {
		this.server.stop(0);
		int port = port();
		start();
		assertThat(release()).isEqualTo("local");
		SecureStreamHandlerRegistry registry = this.context.getBean(SecureStreamHandlerRegistry.class);
		assertThat(registry.waiting()).containsExactly("page");
		assertThat(
				get("health").get("components").get("secureStreams").get("details").get("waitingForPolicy").toString())
			.contains("page");
		serve(port);
		this.policy = document("1", client("page", "page", ", \"nailed_up\": true"));
		assertThat(refresh().get("result").asString()).isEqualTo("CHANGED");
		assertThat(registry.waiting()).isEmpty();
		assertThat(this.context.getBean(Page.class).received.poll(30, TimeUnit.SECONDS)).isEqualTo("hello from /page");
		stop();
		this.server.stop(0);
		start();
		assertThat(release()).isEqualTo("1");
		assertThat(get("securestreamspolicy").get("origin").asString()).isEqualTo("CACHE");
	}

	@Test
	void badPoliciesAreSurvived() throws Exception {
		this.policy = document("1", client("page", "page", ""));
		start();
		this.policy = "<html>";
		assertThat(refresh().get("result").asString()).isEqualTo("REFUSED");
		assertThat(release()).isEqualTo("1");
		assertThat(get("health").toString()).contains("REFUSED").contains("\"status\":\"UP\"");
	}

	@Test
	void streamtypesComeAndGo() throws Exception {
		this.policy = document("1", client("page", "page", ", \"nailed_up\": true"));
		start();
		SecureStreamHandlerRegistry registry = this.context.getBean(SecureStreamHandlerRegistry.class);
		Page page = this.context.getBean(Page.class);
		assertThat(page.received.poll(30, TimeUnit.SECONDS)).isNotNull();
		this.policy = document("2");
		assertThat(this.context.getBean(PolicyRefresher.class).refresh().toCompletableFuture().join().result())
			.isEqualTo(RefreshOutcome.Result.CHANGED);
		assertThat(registry.waiting()).containsExactly("page");
		this.policy = document("3", client("page", "again", ", \"nailed_up\": true"));
		this.context.getBean(PolicyRefresher.class).refresh().toCompletableFuture().join();
		assertThat(page.received.poll(30, TimeUnit.SECONDS)).isEqualTo("hello from /again");
		assertThat(registry.waiting()).isEmpty();
	}

	@Test
	void overlaysByActuator() throws Exception {
		this.policy = document("1", client("page", "page", ""));
		start();
		JsonNode added = addOverlay("rehearsal", "{\"s\": [{\"page\": {\"port\": 81}}]}", 200);
		assertThat(added.get("diff").toString()).contains("-> 81");
		assertThat(get("securestreamspolicy").get("overlays").toString()).isEqualTo("[\"rehearsal\"]");
		for (String bad : List.of("securestreamspolicy?limit=-1", "securestreamspolicy?limit=x",
				"securestreamspolicy?offset=-1", "securestreamsperf?limit=1001", "securestreamsperf?offset=x")) {
			assertThat(read(HttpRequest.newBuilder(uri(bad)).build(), 400).get("error").asString())
				.containsAnyOf("limit: ", "offset: ");
		}
		HttpRequest.Builder empty = HttpRequest.newBuilder(uri("securestreamspolicy/rehearsal"))
			.header("Content-Type", "application/json");
		assertThat(read(empty.POST(BodyPublishers.ofString("{}")).build(), 400).get("error").asString())
			.contains("no overlay (expected:");
		assertThat(addOverlay("bad", "{", 400).get("error").asString()).contains("bad");
		JsonNode misspelt = addOverlay("typo", "{\"s\": [{\"page\": {\"prot\": 82}}]}", 200);
		assertThat(misspelt.get("message").asString()).contains("typo: s[0].page.prot (line 1", "unknown key");
		assertThat(get("securestreamspolicy").get("warnings").toString()).contains("s[0].page.prot");
		removeOverlay("typo", 200);
		refresh();
		assertThat(
				this.context.getBean(SecureStreams.class).policy().streamType("page").orElseThrow().endpoint().port())
			.isEqualTo(81);
		assertThat(removeOverlay("rehearsal", 200).get("result").asString()).isEqualTo("CHANGED");
		assertThat(removeOverlay("rehearsal", 400).get("error").asString()).contains("no overlay");
	}

	@Test
	void thePolicyIsReadOnlyUnlessAccessIsGiven() throws Exception {
		this.policy = document("1", client("page", "page", ""));
		start("management.endpoint.securestreamspolicy.access=read-only");
		get("securestreamspolicy");
		HttpResponse<String> refused = this.http.send(
				HttpRequest.newBuilder(uri("securestreamspolicy")).POST(BodyPublishers.noBody()).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(refused.statusCode()).isEqualTo(405);
	}

	@Test
	void changesAndVerdictsAreEvents() throws Exception {
		this.policy = document("1", client("page", "page", ""));
		start();
		Events events = this.context.getBean(Events.class);
		PolicyChangedEvent changed = events.policies.poll(30, TimeUnit.SECONDS);
		assertThat(changed).isNotNull();
		assertThat(changed.diff().lines()).contains("release: \"local\" -> \"1\"");
		CaptivePortalEvent verdict = events.portals.poll(30, TimeUnit.SECONDS);
		assertThat(verdict).isEqualTo(new CaptivePortalEvent(CaptivePortalState.INTERNET_OK, ""));
		assertThat(this.context.getBean(CaptivePortalDetector.class).check().toCompletableFuture().join().state())
			.isEqualTo(CaptivePortalState.INTERNET_OK);
		assertThat(get("health").toString()).contains("\"captivePortal\":\"OK\"");
		this.context.getBean(PolicyRefresher.class).refresh().toCompletableFuture().join();
		assertThat(events.policies).isEmpty();
		assertThat(events.portals).isEmpty();
	}

	@Test
	void fetchingAndDetectingMayBeTurnedOff() throws Exception {
		this.policy = document("1", client("page", "page", ""));
		start("secure-streams.policy.fetch.enabled=false", "secure-streams.captive-portal.enabled=false",
				"secure-streams.policy.overlays[0]=" + Files
					.writeString(this.directory.resolve("overlay.json"),
							"{\"s\": [" + client("page", "page", "") + "]}")
					.toUri());
		assertThat(release()).isEqualTo("local");
		assertThat(get("securestreamspolicy").get("fetch").get("enabled").asBoolean()).isFalse();
		assertThat(refresh().get("result").asString()).isEqualTo("NOT_AVAILABLE");
		assertThat(this.context.getBean(CaptivePortalDetector.class).status().available()).isFalse();
	}

	@Test
	void anUnansweredFetchHoldsTheStartForItsTimeoutOnly() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			Path overlay = Files.writeString(this.directory.resolve("silent.json"),
					"{\"s\": [{\"fetch_policy\": {\"port\": " + silent.getLocalPort() + "}}]}");
			start("secure-streams.policy.overlays[0]=" + overlay.toUri(), "secure-streams.policy.fetch.timeout=200ms");
			assertThat(release()).isEqualTo("local");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Page.class, Events.class })
	static class Application {

	}

	@SecureStreamHandler("page")
	static class Page {

		final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		@OnReceive
		void page(String text) {
			this.received.add(text);
		}

	}

	static class Events {

		final BlockingQueue<PolicyChangedEvent> policies = new LinkedBlockingQueue<>();

		final BlockingQueue<CaptivePortalEvent> portals = new LinkedBlockingQueue<>();

		@EventListener
		void changed(PolicyChangedEvent event) {
			this.policies.add(event);
		}

		@EventListener
		void verdict(CaptivePortalEvent event) {
			this.portals.add(event);
		}

	}

}
