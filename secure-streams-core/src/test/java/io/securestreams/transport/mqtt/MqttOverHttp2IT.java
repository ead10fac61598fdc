package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.transport.contract.Program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * MQTT over WebSocket over HTTP/2 (RFC 8441) to HAProxy, which passes it on to Mosquitto
 * as an upgrade of HTTP/1.1.
 */
@Timeout(120)
class MqttOverHttp2IT {

	@TempDir
	private Path directory;

	private Mosquitto broker;

	private Program haproxy;

	@BeforeEach
	void start() throws Exception {
		String program = Program.find("haproxy");
		Assumptions.assumeTrue(program != null, "haproxy is not installed");
		Assumptions.assumeTrue(Mosquitto.isInstalled(), "no mosquitto, or none of its clients");
		int port = Program.freePort();
		this.broker = new Mosquitto(this.directory, "listener " + port + " 127.0.0.1", "protocol websockets");
		await().until(() -> this.broker.hasLogged(" running"));
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"), """
				global
					maxconn 256
				defaults
					mode http
					timeout connect 10s
					timeout client 60s
					timeout server 60s
					timeout tunnel 300s
				frontend http2
					bind unix@%1$s/haproxy.sock proto h2
					default_backend broker
				backend broker
					server mosquitto 127.0.0.1:%2$d
				""".formatted(this.directory, port));
		this.haproxy = Program.start(this.directory.resolve("haproxy.log"),
				List.of(program, "-db", "-f", configuration.toString()));
		await().until(() -> Files.exists(this.directory.resolve("haproxy.sock")) || !this.haproxy.isAlive());
	}

	@AfterEach
	void stop() throws Exception {
		if (this.haproxy != null) {
			this.haproxy.close();
		}
		if (this.broker != null) {
			this.broker.close();
		}
	}

	private String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"+" + this.directory.resolve("haproxy.sock")
				+ "\", \"protocol\": \"mqtt\", \"mqtt_over_ws\": true, \"ws_over_h2\": true, "
				+ "\"retry\": \"r\", \"nailed_up\": true, " + keys + " } }";
	}

	@ParameterizedTest
	@CsvSource({ "0, 3", "1, 3", "2, 3", "1, 5", "2, 5" })
	void messagesComeBackWhole(int qos, int version) throws Exception {
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version + ", ";
		try (SecureStreams streams = SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.blobs(new SystemBlobs().set(SystemBlobs.Blob.MQTT_CLIENT_ID, "h2")
				.set(SystemBlobs.Blob.MQTT_USERNAME, "user")
				.set(SystemBlobs.Blob.MQTT_PASSWORD, "secret"))
			.policy(PolicyJson.read("""
					{ "retry": [ { "r": { "backoff": [50], "conceal": 65535, "jitterpc": 1 } } ], "s": [ %s, %s ] }
					""".formatted(type("in", keys + "\"mqtt_subscribe\": \"a/+\""),
					type("out", keys + "\"mqtt_topic\": \"a/b\"")), "test")
				.policy())
			.build()) {
			MqttStreamTests.Recorder in = new MqttStreamTests.Recorder();
			streams.create("in", in);
			await().atMost(20, TimeUnit.SECONDS).until(() -> in.states.contains("CONNECTED 0"));
			SecureStream out = streams.create("out", new MqttStreamTests.Recorder());
			String large = "0123456789".repeat(20_000);
			for (String text : List.of("one", large, "three")) {
				out.send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture().get(20, TimeUnit.SECONDS);
				assertThat(in.take()).isEqualTo(text);
			}
		}
	}

}
