package io.securestreams.demo.tour;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import io.securestreams.SecureStreams;
import io.securestreams.demo.DemoApplication;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamRole;
import io.securestreams.system.policyfetch.PolicyRefresher;
import io.securestreams.system.policyfetch.PolicyStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The scenes of the tour, each on request. A trial is longer than two turns of the client
 * that asks most often, so that a policy is tried in it, however slow the machine is.
 */
@SpringBootTest(classes = DemoApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "tour.port=0", "tour.outage-every=0", "tour.scenes=false",
				"secure-streams.policy.fetch.trial=8s" })
@ExtendWith(OutputCaptureExtension.class)
class TourScenesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private SecureStreams streams;

	@Autowired
	private PolicyRefresher refresher;

	private void play(String scene) throws Exception {
		play(scene, 204);
	}

	private void play(String scene, int status) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/scene/" + scene))
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
		assertThat(this.http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(status);
	}

	private String get(String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build();
		return this.http.send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	private SecureStream client(String streamType) {
		return this.streams.streams()
			.stream()
			.filter((stream) -> stream.role() == StreamRole.CLIENT && stream.streamType().equals(streamType))
			.findFirst()
			.orElseThrow();
	}

	private void awaitAcknowledged(String streamType) {
		long before = client(streamType).snapshot().counters().acknowledged();
		await(streamType).atMost(PATIENCE)
			.until(() -> client(streamType).snapshot().counters().acknowledged() > before);
	}

	@Test
	void thePolicyIsFetchedAtTheStart() {
		assertThat(this.refresher.status().origin()).isEqualTo(PolicyStatus.Origin.FETCHED);
		assertThat(this.streams.policy().streamTypes()).containsKeys("library", "office", "quote", "members");
	}

	@Test
	void aNewerPolicyArrives(CapturedOutput output) throws Exception {
		play("refresh");
		assertThat(output).contains("refresh: CHANGED").contains("policy: release: ").contains("policy: s.unreliable");
	}

	@Test
	void whatIsNoSceneIsNotFound() throws Exception {
		play("nothing", 404);
	}

	@Test
	void aBadUpdateIsSurvived(CapturedOutput output) throws Exception {
		String release = this.streams.policy().release();
		play("RUBBISH");
		assertThat(output).contains("refresh: REFUSED");
		assertThat(this.streams.policy().release()).isEqualTo(release);
		awaitAcknowledged("quote");
	}

	@Test
	void aPolicyThatLeadsNowhereIsTakenBack(CapturedOutput output) throws Exception {
		awaitAcknowledged("quote");
		await().atMost(PATIENCE).until(() -> !this.refresher.status().onTrial());
		String release = this.streams.policy().release();
		play("MISTAKE");
		assertThat(this.streams.policy().release()).isNotEqualTo(release);
		await().atMost(PATIENCE).until(() -> this.streams.policy().release().equals(release));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output)
				.contains("The policy has been taken back: what worked before does not work any more"));
		awaitAcknowledged("quote");
		play("REFRESH");
	}

	@Test
	void aPortalIsInTheWay(CapturedOutput output) throws Exception {
		play("PORTAL");
		assertThat(output).contains("the network leads to: CAPTIVE_PORTAL");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains("captive portal: CAPTIVE_PORTAL"));
		play("INTERNET");
		assertThat(output).contains("the network leads to: INTERNET_OK");
	}

	@Test
	void anOutageIsRehearsed(CapturedOutput output) throws Exception {
		play("REHEARSAL");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains("refused on purpose (faults)"));
		assertThat(get("/actuator/health")).contains("faultsOnPurpose", "\"quote\":\"refuse\"");
		play("RECOVERY");
		awaitAcknowledged("quote");
		assertThat(get("/actuator/health")).doesNotContain("faultsOnPurpose");
	}

	@Test
	void membersAreKnownByAToken(CapturedOutput output) throws Exception {
		awaitAcknowledged("members");
		assertThat(output).contains("the office says: Welcome back.").doesNotContain("open-sesame");
		assertThat(get("/actuator/securestreamspolicy")).contains("\"name\":\"office\"").doesNotContain("open-sesame");
	}

}
