package io.securestreams.demo.proxy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.securestreams.SecureStreams;
import io.securestreams.demo.DemoApplication;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The proxy as it is started by hand, and the streams of the tour a second time, through
 * one.
 */
class ProxyProgramTests {

	@TempDir
	private Path directory;

	private ProxyAddress address() {
		return ProxyAddress.parse("unix:" + this.directory.resolve("proxy"));
	}

	private SecureStreams application() {
		return SecureStreams.builder().proxy(ProxyClientSettings.of(address())).build();
	}

	@Test
	void theProxyServesTheTourToAnApplicationWithoutPolicy() {
		try (ConfigurableApplicationContext tour = new SpringApplicationBuilder(DemoApplication.class).run(
				"--tour.port=0", "--tour.outage-every=0", "--server.port=0",
				"--secure-streams.proxy.server.enabled=true", "--secure-streams.proxy.server.address=" + address());
				SecureStreams near = application()) {
			assertThat(tour.isActive()).isTrue();
			Heard quote = heard(near, "quote", Map.of("number", "1"), null);
			Heard weather = heard(near, "weather", Map.of(), null);
			Heard report = heard(near, "report", Map.of("type", "text/plain"), "a report of some length");
			for (Heard each : new Heard[] { quote, report }) {
				await().atMost(60, TimeUnit.SECONDS)
					.untilAsserted(() -> assertThat(each.events).contains("QOS_ACK_REMOTE", "DISCONNECTED"));
			}
			// Every third forecast of all tours is a storm's, which is no success
			await().atMost(60, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(weather.events).contains("DISCONNECTED")
					.containsAnyOf("QOS_ACK_REMOTE", "QOS_NACK_REMOTE"));
			assertThat(weather.text).isNotEmpty();
			assertThat(quote.text).isNotEmpty();
			assertThat(quote.stream.metadata().get("author")).isNotBlank();
			assertThat(report.stream.metadata().get("receipt")).isNotBlank();
		}
	}

	@Test
	void theProfileServesAnyPolicy() throws Exception {
		Path policy = Files.writeString(this.directory.resolve("policy.json"), """
				{ "retry": [ { "once": { "backoff": [ 20 ], "conceal": 0, "jitterpc": 1 } } ],
				  "s": [ { "nowhere": { "endpoint": "127.0.0.1", "port": 1, "protocol": "raw", "retry": "once" } } ] }
				""");
		try (ConfigurableApplicationContext proxy = new SpringApplicationBuilder(DemoApplication.class)
			.profiles("proxy")
			.run("--secure-streams.policy.location=file:" + policy,
					"--secure-streams.proxy.server.address=" + address());
				SecureStreams near = application()) {
			assertThat(proxy.isActive()).isTrue();
			Heard known = heard(near, "nowhere", Map.of(), null);
			await().atMost(60, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(known.events).containsSubsequence("CREATING", "CONNECTING",
						"UNREACHABLE", "ALL_RETRIES_FAILED"));
			Heard unknown = heard(near, "unknown", Map.of(), null);
			await().atMost(60, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(unknown.events).containsExactly("CREATING", "ALL_RETRIES_FAILED"));
			assertThat(String.valueOf(unknown.stream.lastFailure())).contains("streamtype");
		}
	}

	private static Heard heard(SecureStreams streams, String streamType, Map<String, String> metadata, String body) {
		Heard heard = new Heard();
		heard.stream = streams.create(streamType, heard);
		metadata.forEach((name, value) -> heard.stream.metadata().set(name, value));
		if (body != null) {
			heard.stream.send(body.getBytes(StandardCharsets.UTF_8));
		}
		else {
			heard.stream.connect();
		}
		return heard;
	}

	/** What happens to one stream. */
	private static final class Heard implements StreamHandler {

		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		private final StringBuffer text = new StringBuffer();

		private SecureStream stream;

		@Override
		public void onState(SecureStream same, StreamState state, long ordinal) {
			this.events.add(state.name());
		}

		@Override
		public void onReceive(SecureStream same, Payload payload) {
			this.text.append(payload.text());
		}

	}

}
