package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams on a broker that is not ours.
 */
@Timeout(60)
class MqttStreamTests {

	private static EmbeddedBroker broker;

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		broker = new EmbeddedBroker(directory);
	}

	@AfterAll
	static void stop() {
		broker.close();
	}

	static SecureStreams engine(String... streamTypes) {
		StringBuilder json = new StringBuilder(
				"{ \"retry\": [ { \"r\": { \"backoff\": [100], \"conceal\": 65535, \"jitterpc\": 1 } } ], \"s\": [");
		for (int i = 0; i < streamTypes.length; i++) {
			json.append((i > 0) ? ", " : "").append(streamTypes[i]);
		}
		return SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.policy(PolicyJson.read(json.append("] }").toString(), "test").policy())
			.build();
	}

	private static String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"127.0.0.1\", \"port\": " + broker.port()
				+ ", \"protocol\": \"mqtt\", \"retry\": \"r\", \"nailed_up\": true, " + keys + " } }";
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void publishesAndReceivesEachQualityOfService(int qos) throws Exception {
		try (SecureStreams streams = engine(type("both", "\"mqtt_topic\": \"t/" + qos + "\", \"mqtt_subscribe\": \"t/"
				+ qos + "\", \"mqtt_qos\": " + qos + ", \"metadata\": [ { \"topic\": \"\" } ]"))) {
			Recorder recorder = new Recorder();
			SecureStream stream = streams.create("both", recorder);
			for (int i = 0; i < 100; i++) {
				stream.send(("message " + i).getBytes(StandardCharsets.UTF_8));
			}
			for (int i = 0; i < 100; i++) {
				assertThat(recorder.take()).isEqualTo("t/" + qos + ": message " + i);
			}
			await().until(() -> stream.snapshot().counters().acknowledged() == 100);
			assertThat(recorder.states).startsWith("CREATING 0", "CONNECTING 0", "CONNECTED 0", "QOS_ACK_REMOTE 0",
					"QOS_ACK_REMOTE 1");
		}
	}

	@Test
	void deliversToEachStreamThatMatchesOnce() throws Exception {
		try (SecureStreams streams = engine(type("one", "\"mqtt_subscribe\": \"a/+\""),
				type("two", "\"mqtt_subscribe\": \"a/+\", \"mqtt_qos\": 1"), type("three", "\"mqtt_subscribe\": \"b\""),
				type("out", "\"mqtt_topic\": \"a/b\", \"mqtt_qos\": 1"))) {
			Recorder one = new Recorder();
			Recorder two = new Recorder();
			Recorder three = new Recorder();
			streams.create("one", one);
			streams.create("two", two);
			streams.create("three", three);
			SecureStream out = streams.create("out", new Recorder());
			for (Recorder each : new Recorder[] { one, two, three }) {
				await().until(() -> each.states.contains("CONNECTED 0"));
			}
			assertThat(broker.connections().get("count")).isEqualTo(1);
			out.send("x".getBytes(StandardCharsets.UTF_8));
			assertThat(one.take()).isEqualTo("x");
			assertThat(two.take()).isEqualTo("x");
			out.send("y".getBytes(StandardCharsets.UTF_8));
			assertThat(one.take()).isEqualTo("y");
			assertThat(two.take()).isEqualTo("y");
			assertThat(three.messages).isEmpty();
		}
	}

	/** Records whole messages, behind the topic if there is one, and states. */
	static class Recorder implements StreamHandler {

		final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();

		final LinkedBlockingQueue<String> states = new LinkedBlockingQueue<>();

		private final StringBuilder parts = new StringBuilder();

		String take() throws InterruptedException {
			String message = this.messages.poll(20, TimeUnit.SECONDS);
			if (message == null) {
				throw new AssertionError("nothing has come, " + this.states);
			}
			return message;
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isStart()) {
				this.parts.setLength(0);
				if (stream.metadata().asMap().containsKey("topic")) {
					this.parts.append(stream.metadata().get("topic")).append(": ");
				}
			}
			this.parts.append(payload.text());
			if (payload.isEnd()) {
				this.messages.add(this.parts.toString());
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state + " " + ordinal);
		}

	}

}
