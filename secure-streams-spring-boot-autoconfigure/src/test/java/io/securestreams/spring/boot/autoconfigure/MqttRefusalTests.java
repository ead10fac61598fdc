package io.securestreams.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.boot.actuate.endpoint.SecureStreamsEndpoint;
import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator sees of a broker that can be reached and does not let streams in.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class MqttRefusalTests {

	private static final String PASSWORD = "open-sesame";

	@ParameterizedTest
	@CsvSource({ "3, 1, HANDSHAKE, the version of MQTT", "3, 2, HANDSHAKE, the client id",
			"3, 3, BUSY, the server is unavailable", "3, 4, AUTH, user name or password", "3, 5, AUTH, not authorized",
			"5, 0x80, HANDSHAKE, unspecified", "5, 0x84, HANDSHAKE, the version of MQTT",
			"5, 0x85, HANDSHAKE, the client id", "5, 0x86, AUTH, user name or password",
			"5, 0x87, AUTH, not authorized", "5, 0x88, BUSY, the server is unavailable",
			"5, 0x89, BUSY, the server is busy", "5, 0x8a, AUTH, banned", "5, 0x8c, AUTH, the method of authentication",
			"5, 0x9c, REDIRECT, use another server", "5, 0x9f, BUSY, too many connections" })
	void isToldWithoutThePassword(int version, String code, String phase, String words, CapturedOutput output)
			throws Exception {
		int number = Integer.decode(code);
		try (Refusing broker = new Refusing(version, number)) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
						SecureStreamHandlerAutoConfiguration.class, SecureStreamsEndpointAutoConfiguration.class,
						SecureStreamsHealthContributorAutoConfiguration.class))
				.withPropertyValues("management.endpoints.web.exposure.include=securestreams",
						"secure-streams.engine.event-loop-threads=1", "secure-streams.blobs.mqtt-client-id=me",
						"secure-streams.blobs.mqtt-username=user", "secure-streams.blobs.mqtt-password=" + PASSWORD)
				.withBean(Policy.class,
						() -> PolicyJson
							.read("""
									{ "retry": [ { "r": { "backoff": [ 20 ], "conceal": 65535, "jitterpc": 1 } } ],
									  "s": [ { "alarms": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "nailed_up": true,
									    "retry": "r", "mqtt_topic": "a", "mqtt_version": %d } } ] }
									"""
								.formatted(broker.port(), version), "test")
							.policy())
				.run((context) -> {
					List<StreamState> states = new CopyOnWriteArrayList<>();
					SecureStream stream = context.getBean(SecureStreams.class).create("alarms", new StreamHandler() {
						@Override
						public void onState(SecureStream self, StreamState state, long ordinal) {
							states.add(state);
						}
					});
					Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> broker.refusals.get() > 3);
					String message = "the broker refuses the connection with code 0x%02x: %s".formatted(number, words);
					assertThat(states)
						.contains(phase.equals("AUTH") ? StreamState.AUTH_FAILED : StreamState.UNREACHABLE)
						.doesNotContain(StreamState.CONNECTED);
					Health health = context.getBean(SecureStreamsHealthIndicator.class).health();
					// The broker may think better of it, and attempts go on
					assertThat(health.getStatus()).isEqualTo(Status.UP);
					assertThat(health.getDetails().get("failures"))
						.asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
						.hasSize(1)
						.allSatisfy((id, text) -> assertThat(text).startsWith(phase + ": " + message));
					String endpoint = String.valueOf(context.getBean(SecureStreamsEndpoint.class).stream(stream.id()));
					assertThat(endpoint).contains(message);
					assertThat(Map.of("health", health.toString(), "endpoint", endpoint, "log", output.getAll()))
						.allSatisfy((where, text) -> assertThat(text).doesNotContain(PASSWORD));
					assertThat(output.getAll().lines().filter((line) -> line.contains(message))).hasSize(1)
						.allMatch((line) -> line.contains("WARN"));
				});
		}
	}

	/** Answers each CONNECT with a code, and MQTT 5 with words that are too many. */
	private static final class Refusing implements AutoCloseable {

		private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final AtomicInteger refusals = new AtomicInteger();

		Refusing(int version, int code) throws IOException {
			Thread thread = new Thread(() -> serve(version, code), "refusing-broker");
			thread.setDaemon(true);
			thread.start();
		}

		int port() {
			return this.server.getLocalPort();
		}

		private void serve(int version, int code) {
			while (!this.server.isClosed()) {
				try (Socket socket = this.server.accept()) {
					socket.getInputStream().read();
					socket.getInputStream().readNBytes(socket.getInputStream().read());
					socket.getOutputStream().write(answer(version, code));
					this.refusals.incrementAndGet();
					socket.getInputStream().read();
				}
				catch (IOException ex) {
					// Closed
				}
			}
		}

		private static byte[] answer(int version, int code) {
			if (version < 5) {
				return new byte[] { 0x20, 2, 0, (byte) code };
			}
			byte[] words = ("no " + PASSWORD).getBytes(StandardCharsets.UTF_8);
			byte[] answer = new byte[8 + words.length];
			System.arraycopy(new byte[] { 0x20, (byte) (6 + words.length), 0, (byte) code, (byte) (3 + words.length),
					0x1f, 0, (byte) words.length }, 0, answer, 0, 8);
			System.arraycopy(words, 0, answer, 8, words.length);
			return answer;
		}

		@Override
		public void close() throws IOException {
			this.server.close();
		}

	}

}
