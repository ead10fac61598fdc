package io.securestreams.demo.tour;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.SecureStreams;
import io.securestreams.demo.DemoApplication;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamCounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is published through the tour's broker.
 */
@SpringBootTest(classes = DemoApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "tour.port=0", "tour.outage-every=0", "tour.scenes=false" })
@ExtendWith(OutputCaptureExtension.class)
class TourMqttTests {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	@Autowired
	private SecureStreams streams;

	@Autowired
	private TourBroker broker;

	@Test
	void readingsAreAcknowledgedAndArrive(CapturedOutput output) {
		long acknowledged = counters("thermometer").acknowledged();
		long received = counters("greenhouse").receivedBytes();
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(counters("thermometer").acknowledged()).isGreaterThan(acknowledged);
			assertThat(counters("greenhouse").receivedBytes()).isGreaterThan(received);
			assertThat(output).containsPattern("thermometer.* acknowledged in \\d+ ms: reading")
				.containsPattern("greenhouse/tomatoes/temperature: \\d\\d\\.\\d °C");
		});
	}

	@Test
	void streamsComeBackWhenTheBrokerDoes(CapturedOutput output) {
		await().atMost(PATIENCE).until(() -> counters("greenhouse").receivedBytes() > 0);
		this.broker.stop();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(output).containsPattern("thermometer .*UNREACHABLE, attempt 1")
				.containsPattern("greenhouse .*UNREACHABLE, attempt 1"));
		long acknowledged = counters("thermometer").acknowledged();
		long received = counters("greenhouse").receivedBytes();
		this.broker.start();
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(counters("thermometer").acknowledged()).isGreaterThan(acknowledged);
			assertThat(counters("greenhouse").receivedBytes()).isGreaterThan(received);
			assertThat(output).containsPattern("greenhouse .*recovered after");
		});
	}

	private StreamCounts counters(String streamType) {
		return this.streams.streams()
			.stream()
			.filter((stream) -> stream.role() == StreamRole.CLIENT && stream.streamType().equals(streamType))
			.findFirst()
			.orElseThrow()
			.snapshot()
			.counters();
	}

}
