package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.stream.SecureStream;
import io.securestreams.transport.mqtt.MqttStreamTests.Recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * MQTT 5, and MQTT in a WebSocket, on a broker that is not ours.
 */
@Timeout(60)
class MqttVersion5Tests {

	private static EmbeddedBroker broker;

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		broker = new EmbeddedBroker(directory);
	}

	@AfterAll
	static void stop() {
		broker.close();
	}

	private static String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"127.0.0.1\", \"port\": " + broker.port()
				+ ", \"protocol\": \"mqtt\", \"retry\": \"r\", \"nailed_up\": true, " + keys + " } }";
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void propertiesAreMetadata(int qos) throws Exception {
		String metadata = ", \"mqtt_version\": 5, \"mqtt_message_expiry\": 60, \"mqtt_qos\": " + qos
				+ ", \"metadata\": [ { \"type\": \"content-type:\" }, { \"reply\": \"response-topic:\" },"
				+ " { \"id\": \"correlation-data:\" }, { \"trace\": \"traceParent\" } ]";
		try (SecureStreams streams = MqttStreamTests.engine(
				type("in", "\"mqtt_subscribe\": [ \"p/+\", \"q\" ]" + metadata),
				type("out", "\"mqtt_topic\": \"p/" + qos + "\"" + metadata))) {
			Recorder in = new Recorder();
			SecureStream receiving = streams.create("in", in);
			await().until(() -> in.states.contains("CONNECTED 0"));
			SecureStream out = streams.create("out", new Recorder());
			out.metadata().set("type", "text/plain").set("reply", "q").set("id", "7").set("trace", "00-1-2");
			out.send("hello".getBytes(StandardCharsets.UTF_8));
			assertThat(in.take()).isEqualTo("hello");
			assertThat(receiving.metadata().asMap()).containsEntry("type", "text/plain")
				.containsEntry("reply", "q")
				.containsEntry("id", "7")
				.containsEntry("trace", "00-1-2");
			await().until(() -> out.snapshot().counters().acknowledged() == 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void travelsInAWebSocket(int version) throws Exception {
		try (SecureStreams streams = MqttStreamTests
			.engine(type("both", "\"mqtt_topic\": \"w\", \"mqtt_subscribe\": \"w\","
					+ " \"mqtt_qos\": 2, \"mqtt_over_ws\": true, \"mqtt_version\": " + version))) {
			Recorder both = new Recorder();
			SecureStream stream = streams.create("both", both);
			byte[] large = "x".repeat(300_000).getBytes(StandardCharsets.UTF_8);
			stream.send("small".getBytes(StandardCharsets.UTF_8));
			stream.send(large);
			assertThat(both.take()).isEqualTo("small");
			assertThat(both.take()).hasSize(300_000);
			await().until(() -> stream.snapshot().counters().acknowledged() == 2);
		}
	}

	@Test
	void aSharedSubscriptionIsOne() throws Exception {
		try (SecureStreams streams = MqttStreamTests.engine(
				type("in", "\"mqtt_subscribe\": \"$share/group/jobs/#\", \"mqtt_qos\": 1, \"mqtt_version\": 5"),
				type("out", "\"mqtt_topic\": \"jobs/1\", \"mqtt_qos\": 1, \"mqtt_version\": 5"))) {
			Recorder in = new Recorder();
			streams.create("in", in);
			await().until(() -> in.states.contains("CONNECTED 0"));
			streams.create("out", new Recorder()).send("job".getBytes(StandardCharsets.UTF_8));
			assertThat(in.take()).isEqualTo("job");
		}
	}

}
