package io.securestreams.demo.tour;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.securestreams.SecureStreams;
import io.securestreams.demo.DemoApplication;
import io.securestreams.stream.StreamCounts;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.system.captiveportal.CaptivePortalDetector;
import io.securestreams.system.captiveportal.CaptivePortalState;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus;
import io.securestreams.system.policyfetch.RefreshOutcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The tour a second time: its servers are where they were, its client streams are
 * fulfilled by the profile {@code proxy}. The application starts before its proxy, does
 * not know the secret that the token is to be had for, and the proxy has the policy that
 * the office hands out, without servers.
 */
@ExtendWith(OutputCaptureExtension.class)
class TourThroughProxyIT {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final List<String> CLIENTS = List.of("quote", "report", "weather", "unreliable", "members",
			"thermometer", "greenhouse");

	private static final HttpClient http = HttpClient.newHttpClient();

	/** Both applications log to the same place, so they have to agree on how. */
	private static final List<String> LOGGING = List.of("--logging.level.root=warn",
			"--logging.level.io.securestreams=info", "--logging.level.tour=debug");

	@TempDir
	private static Path directory;

	private static ConfigurableApplicationContext tour;

	private static ConfigurableApplicationContext proxy;

	@BeforeAll
	static void start() throws Exception {
		tour = run("tour", "--tour.port=0", "--tour.outage-every=0", "--tour.scenes=false",
				"--secure-streams.blobs.auth-1=nobody:knows", "--secure-streams.proxy.client.address=" + address());
		TourDocument document = tour.getBean(TourDocument.class);
		Files.writeString(policy(), new OfficeDocuments(document.tour(), document.office()).withRetry(1, "brief"));
		startProxy();
	}

	@AfterAll
	static void stop() {
		if (tour != null) {
			tour.close();
		}
		if (proxy != null) {
			proxy.close();
		}
	}

	/** A trial is longer than two turns of the client that asks most often. */
	private static void startProxy() {
		proxy = run("proxy", "--spring.main.web-application-type=servlet",
				"--secure-streams.policy.location=" + policy().toUri(), "--secure-streams.policy.fetch.trial=8s",
				"--secure-streams.blobs.auth-1=tour:open-sesame", "--secure-streams.proxy.server.address=" + address());
	}

	private static ConfigurableApplicationContext run(String profile, String... arguments) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(DemoApplication.class).profiles(profile);
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(LOGGING);
		all.add("--server.port=0");
		all.add("--server.address=127.0.0.1");
		return application.run(all.toArray(String[]::new));
	}

	private static String address() {
		return "unix:" + directory.resolve("proxy");
	}

	private static Path policy() {
		return directory.resolve("policy.json");
	}

	@Test
	void everyClientStreamDoesItsJob(CapturedOutput output) {
		for (String streamType : CLIENTS) {
			if (!streamType.equals("greenhouse")) {
				awaitMore(streamType, StreamCounts::acknowledged);
			}
		}
		awaitMore("greenhouse", StreamCounts::receivedBytes);
		assertThat(counts("unreliable").failures()).isPositive();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output)
				.containsPattern("quote .*acknowledged in \\d+ ms: \"[^\"]+\" (Ada|Grace|Edsger|Donald|Brian) ")
				.containsPattern("report .*acknowledged in \\d+ ms: [1-9]\\d* bytes, receipt R-\\d+")
				.containsPattern("weather .*the library says: Sunny, light wind.")
				.containsPattern("unreliable .*the library says: Third time lucky.")
				.containsPattern("members .*the office says: Welcome back.")
				.containsPattern("thermometer .*acknowledged in \\d+ ms: reading \\d+")
				.containsPattern("greenhouse .*greenhouse/tomatoes/temperature: \\d\\d\\.\\d °C"));
		awaitReading(output);
	}

	@Test
	void whatThePolicyMakesOfAStatusArrives(CapturedOutput output) {
		await().atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(output).contains("storm: state 1530, which the policy makes of status 530"));
	}

	@Test
	void theTokenIsTheProxysAndTheSecretToo(CapturedOutput output) throws Exception {
		awaitMore("members", StreamCounts::acknowledged);
		// One is good for half a minute
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).containsPattern("gives token \\d+ to the tour"));
		awaitMore("members", StreamCounts::acknowledged);
		assertThat(output).doesNotContain("open-sesame", "nobody:knows");
		assertThat(get(proxy, "/actuator/securestreamspolicy").toString()).contains("\"name\":\"office\"")
			.doesNotContain("open-sesame");
	}

	@Test
	void serversStayInTheApplicationAndClientsAreTheProxys() throws Exception {
		awaitMore("quote", StreamCounts::acknowledged);
		await().atMost(PATIENCE).until(() -> streams(tour).servers().size() == 2);
		assertThat(streams(tour).servers()).extracting((server) -> server.snapshot().streamType())
			.containsExactlyInAnyOrder("library", "office");
		assertThat(streams(proxy).servers()).isEmpty();
		assertThat(streams(proxy).policy().streamTypes()).doesNotContainKeys("library", "office");
		assertThat(client(proxy, "quote").counters().acknowledged()).isPositive();
		assertThat(client(proxy, "quote").peer()).isEqualTo("127.0.0.1");
		assertThat(streams(tour).streams().stream().filter((stream) -> stream.role() == StreamRole.CLIENT))
			.extracting((stream) -> stream.streamType())
			.containsExactlyInAnyOrderElementsOf(CLIENTS);
	}

	@Test
	void clientsRecoverFromAnOutage(CapturedOutput output) throws Exception {
		awaitMore("quote", StreamCounts::acknowledged);
		long failures = counts("quote").failures();
		post("/outage?lasts=4s");
		await().atMost(PATIENCE).until(() -> counts("quote").failures() > failures);
		for (String streamType : List.of("quote", "report")) {
			awaitMore(streamType, StreamCounts::acknowledged);
		}
		assertThat(output).containsPattern("quote .*UNREACHABLE, attempt 1").containsPattern("quote .*recovered after");
	}

	@Test
	void streamsComeBackWhenTheBrokerDoes(CapturedOutput output) {
		awaitMore("greenhouse", StreamCounts::receivedBytes);
		TourBroker broker = tour.getBean(TourBroker.class);
		broker.stop();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).containsPattern("thermometer .*UNREACHABLE, attempt 1")
				.containsPattern("greenhouse .*UNREACHABLE, attempt 1"));
		broker.start();
		awaitMore("thermometer", StreamCounts::acknowledged);
		awaitMore("greenhouse", StreamCounts::receivedBytes);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).containsPattern("greenhouse .*recovered after"));
	}

	@Test
	void streamsComeBackWhenTheProxyDoes(CapturedOutput output) {
		awaitMore("quote", StreamCounts::acknowledged);
		proxy.close();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains("UPSTREAM_LINK_RETRY"));
		for (String streamType : CLIENTS) {
			await(streamType).atMost(PATIENCE).until(() -> client(tour, streamType).lastFailure() != null);
		}
		startProxy();
		for (String streamType : CLIENTS) {
			awaitMore(streamType,
					streamType.equals("greenhouse") ? StreamCounts::receivedBytes : StreamCounts::acknowledged);
		}
		awaitReading(output);
	}

	@Test
	void pageAndActuatorShowStreamsWithTheProxyAsPeer() throws Exception {
		awaitMore("greenhouse", StreamCounts::receivedBytes);
		awaitMore("members", StreamCounts::acknowledged);
		HttpResponse<String> page = request(tour, "GET", "/");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.body()).contains("Live streams", "actuator/securestreams");
		await().atMost(PATIENCE).untilAsserted(() -> {
			JsonNode shown = get(tour, "/actuator/securestreams");
			for (String streamType : CLIENTS) {
				JsonNode stream = shown.get("streams")
					.valueStream()
					.filter((each) -> each.get("streamtype").asString().equals(streamType)
							&& each.get("role").asString().equals("CLIENT"))
					.findFirst()
					.orElseThrow();
				assertThat(stream.get("peer").asString()).as(streamType).isEqualTo(address());
				assertThat(stream.get("protocol").asString()).as(streamType)
					.isEqualTo(List.of("thermometer", "greenhouse").contains(streamType) ? "mqtt" : "h1");
			}
			assertThat(shown.get("servers")).hasSize(2);
		});
		assertThat(get(tour, "/actuator/securestreamsperf").get("streamtypes").get("quote").get("count").asInt())
			.isPositive();
	}

	@Test
	void theProxysActuatorShowsWhoUsesIt() throws Exception {
		await().atMost(PATIENCE).untilAsserted(() -> {
			JsonNode shown = get(proxy, "/actuator/securestreamsproxy");
			assertThat(shown.get("links").valueStream().map((link) -> link.get("streamtype").asString()))
				.containsExactlyInAnyOrderElementsOf(CLIENTS);
			assertThat(shown.get("links").valueStream())
				.allSatisfy((link) -> assertThat(link.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid()));
			assertThat(shown.get("refused")).isEmpty();
		});
		JsonNode health = get(proxy, "/actuator/health");
		assertThat(health.get("status").asString()).isEqualTo("UP");
		assertThat(health.get("components").get("secureStreamsProxy").get("details").get("links").asInt()).isEqualTo(7);
		assertThat(get(tour, "/actuator/health").get("status").asString()).isEqualTo("UP");
	}

	@Test
	void theApplicationFetchesNoPolicyButTheProxyDoes(CapturedOutput output) throws Exception {
		PolicyRefresher own = tour.getBean(PolicyRefresher.class);
		assertThat(own.status().fetching()).isFalse();
		assertThat(own.status().origin()).isEqualTo(PolicyStatus.Origin.LOCAL);
		assertThat(output).contains("The policy is not fetched: client streams are a proxy's");
		PolicyRefresher theirs = proxy.getBean(PolicyRefresher.class);
		assertThat(theirs.status().origin()).isEqualTo(PolicyStatus.Origin.FETCHED);
		String release = streams(proxy).policy().release();
		post("/scene/REFRESH");
		assertThat(output).contains("refresh: NOT_AVAILABLE: the policy is not fetched: client streams are a proxy's");
		assertThat(streams(tour).policy().release()).isEqualTo("1");
		assertThat(refresh(theirs)).isEqualTo(RefreshOutcome.Result.CHANGED);
		assertThat(streams(proxy).policy().release()).isNotEqualTo(release);
		awaitMore("unreliable", StreamCounts::acknowledged);
	}

	@Test
	void aBadUpdateOfTheProxysPolicyIsSurvived(CapturedOutput output) throws Exception {
		PolicyRefresher theirs = proxy.getBean(PolicyRefresher.class);
		String release = streams(proxy).policy().release();
		tour.getBean(PolicyOffice.class).publishRubbish();
		assertThat(refresh(theirs)).isEqualTo(RefreshOutcome.Result.REFUSED);
		tour.getBean(PolicyOffice.class).withdraw();
		assertThat(streams(proxy).policy().release()).isEqualTo(release);
		awaitMore("quote", StreamCounts::acknowledged);
		await().atMost(PATIENCE).until(() -> !theirs.status().onTrial());
		post("/scene/MISTAKE");
		assertThat(refresh(theirs)).isEqualTo(RefreshOutcome.Result.CHANGED);
		await().atMost(PATIENCE).until(() -> streams(proxy).policy().release().equals(release));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output)
				.contains("The policy has been taken back: what worked before does not work any more"));
		awaitMore("quote", StreamCounts::acknowledged);
		awaitMore("greenhouse", StreamCounts::receivedBytes);
		post("/scene/REFRESH");
		assertThat(refresh(theirs)).isEqualTo(RefreshOutcome.Result.CHANGED);
	}

	@Test
	void theApplicationLooksForNoPortalButTheProxyDoes(CapturedOutput output) throws Exception {
		CaptivePortalDetector theirs = proxy.getBean(CaptivePortalDetector.class);
		post("/scene/PORTAL");
		assertThat(output).contains("the network leads to: UNKNOWN");
		assertThat(tour.getBean(CaptivePortalDetector.class).status().available()).isFalse();
		assertThat(check(theirs)).isEqualTo(CaptivePortalState.CAPTIVE_PORTAL);
		assertThat(health(tour, "secureStreams").has("captivePortal")).isFalse();
		assertThat(health(proxy, "secureStreams").get("captivePortal").asString()).isEqualTo("Captive");
		post("/scene/INTERNET");
		assertThat(check(theirs)).isEqualTo(CaptivePortalState.INTERNET_OK);
		assertThat(output).doesNotContain("captive portal: CAPTIVE_PORTAL");
	}

	@Test
	void anOutageRehearsedInTheApplicationIsNoneOfTheProxys() throws Exception {
		post("/scene/REHEARSAL");
		awaitMore("quote", StreamCounts::acknowledged);
		awaitMore("quote", StreamCounts::acknowledged);
		assertThat(health(tour, "secureStreams").has("faultsOnPurpose")).isFalse();
		post("/scene/RECOVERY");
	}

	private static SecureStreams streams(ConfigurableApplicationContext application) {
		return application.getBean(SecureStreams.class);
	}

	private static StreamSnapshot client(ConfigurableApplicationContext application, String streamType) {
		return streams(application).streams()
			.stream()
			.filter((stream) -> stream.role() == StreamRole.CLIENT && stream.streamType().equals(streamType))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no client stream " + streamType))
			.snapshot();
	}

	private static StreamCounts counts(String streamType) {
		return client(tour, streamType).counters();
	}

	private static void awaitMore(String streamType, Function<StreamCounts, Long> count) {
		long before = count.apply(counts(streamType));
		await(streamType).atMost(PATIENCE).until(() -> count.apply(counts(streamType)) > before);
	}

	/** Another reading has arrived, and is what all of them were: a temperature. */
	private static void awaitReading(CapturedOutput output) {
		Pattern reading = Pattern.compile("greenhouse/tomatoes/temperature: (.*)");
		long before = reading.matcher(output).results().count();
		await().atMost(PATIENCE).until(() -> reading.matcher(output).results().count() > before);
		assertThat(reading.matcher(output).results()).extracting((result) -> result.group(1))
			.allMatch((text) -> text.matches("\\d\\d\\.\\d °C"));
	}

	private static RefreshOutcome.Result refresh(PolicyRefresher refresher) {
		return refresher.refresh().toCompletableFuture().join().result();
	}

	private static CaptivePortalState check(CaptivePortalDetector detector) {
		return detector.check().toCompletableFuture().join().state();
	}

	private static JsonNode health(ConfigurableApplicationContext application, String component) throws Exception {
		return get(application, "/actuator/health").get("components").get(component).get("details");
	}

	private static JsonNode get(ConfigurableApplicationContext application, String path) throws Exception {
		return JsonMapper.shared().readTree(request(application, "GET", path).body());
	}

	private static void post(String path) throws Exception {
		assertThat(request(tour, "POST", path).statusCode()).isEqualTo(204);
	}

	private static HttpResponse<String> request(ConfigurableApplicationContext application, String method, String path)
			throws Exception {
		String port = application.getEnvironment().getRequiredProperty("local.server.port");
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return http.send(request, HttpResponse.BodyHandlers.ofString());
	}

}
