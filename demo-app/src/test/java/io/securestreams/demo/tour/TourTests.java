package io.securestreams.demo.tour;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

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
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The tour as it is started by hand, but without outages of its own.
 */
@SpringBootTest(classes = DemoApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "tour.port=0", "tour.outage-every=0", "tour.scenes=false" })
@ExtendWith(OutputCaptureExtension.class)
class TourTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private SecureStreams streams;

	@Test
	void everyClientStreamIsAcknowledged(CapturedOutput output) {
		for (String streamType : List.of("quote", "report", "weather", "unreliable")) {
			await(streamType).atMost(PATIENCE).until(() -> client(streamType).counters().acknowledged() > 0);
		}
		assertThat(client("unreliable").counters().failures()).isPositive();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).contains("bytes, receipt R-", "acknowledged in"));
	}

	@Test
	void clientsRecoverFromAnOutage(CapturedOutput output) throws Exception {
		await().atMost(PATIENCE).until(() -> client("quote").counters().acknowledged() > 0);
		assertThat(request("POST", "/outage?lasts=4s").statusCode()).isEqualTo(204);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).contains("quote            UNREACHABLE, attempt 1: CONNECT"));
		long before = client("quote").counters().acknowledged();
		await().atMost(PATIENCE).until(() -> client("quote").counters().acknowledged() > before);
		assertThat(output).contains("quote            recovered after");
	}

	@Test
	void libraryOpensAgainWhenSomebodyElseClosedIt() {
		await().atMost(PATIENCE).until(() -> !this.streams.servers().isEmpty());
		this.streams.servers().forEach((server) -> server.close());
		await().atMost(PATIENCE).until(() -> !this.streams.servers().isEmpty());
	}

	@Test
	void frontPageShowsStreams() throws Exception {
		HttpResponse<String> response = request("GET", "/");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("Live streams", "actuator/securestreams");
	}

	private StreamSnapshot client(String streamType) {
		return this.streams.streams()
			.stream()
			.filter((stream) -> stream.role() == StreamRole.CLIENT && stream.streamType().equals(streamType))
			.findFirst()
			.orElseThrow()
			.snapshot();
	}

	private HttpResponse<String> request(String method, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return this.http.send(request, HttpResponse.BodyHandlers.ofString());
	}

}
