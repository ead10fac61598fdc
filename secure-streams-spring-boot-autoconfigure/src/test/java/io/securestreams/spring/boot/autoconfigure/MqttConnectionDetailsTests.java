package io.securestreams.spring.boot.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.template.SecureStreamTemplate;
import io.securestreams.spring.template.TransactionException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MqttConnectionDetails}, and of the template over MQTT.
 */
@Timeout(60)
class MqttConnectionDetailsTests {

	private static final String POLICY = """
			{ "s": [ { "alarms": { "endpoint": "broker.invalid", "port": 8883, "protocol": "mqtt", "mqtt_topic": "a",
			    "mqtt_qos": 1, "mqtt_keep_alive": 60 } },
			  { "page": { "endpoint": "web.invalid", "port": 80, "protocol": "h1" } } ] }
			""";

	@Test
	void goBeforePolicyAndProperties() throws Exception {
		try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
						SecureStreamHandlerAutoConfiguration.class))
				.withPropertyValues("secure-streams.engine.event-loop-threads=1",
						"secure-streams.blobs.mqtt-client-id=of-properties", "secure-streams.blobs.mqtt-username=user")
				.withBean(Policy.class, () -> PolicyJson.read(POLICY, "test").policy())
				.withBean(MqttConnectionDetails.class, () -> new Details(broker.getLocalPort()))
				.run((context) -> {
					Policy policy = context.getBean(SecureStreams.class).policy();
					assertThat(policy.streamTypes().get("page").endpoint().port()).isEqualTo(80);
					Thread sending = new Thread(() -> context.getBean(SecureStreamTemplate.class)
						.send("alarms", "fire".getBytes(StandardCharsets.UTF_8)));
					sending.start();
					try (Socket accepted = broker.accept()) {
						accepted.setSoTimeout(20_000);
						String connect = packet(accepted);
						assertThat(connect).contains("of-details").contains("user").contains("secret");
						accepted.getOutputStream().write(new byte[] { 0x20, 2, 0, 0 });
						String publish = packet(accepted);
						assertThat(publish).endsWith("fire");
						// The template waits for the broker
						sending.join(200);
						assertThat(sending.isAlive()).isTrue();
						int id = publish.indexOf("fire") - 2;
						accepted.getOutputStream()
							.write(new byte[] { 0x40, 2, (byte) publish.charAt(id), (byte) publish.charAt(id + 1) });
						sending.join();
					}
				});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theTemplateTellsThatABrokerWentAwayBeforeItAnswered(boolean clean) throws Exception {
		try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SecureStreamsAutoConfiguration.class,
						SecureStreamHandlerAutoConfiguration.class))
				.withPropertyValues("secure-streams.engine.event-loop-threads=1")
				.withBean(Policy.class, () -> PolicyJson.read("""
						{ "retry": [ { "r": { "backoff": [ 20 ], "conceal": 9, "jitterpc": 1 } } ],
						  "s": [ { "alarms": { "endpoint": "broker.invalid", "port": 1883, "protocol": "mqtt",
						    "retry": "r", "mqtt_topic": "a", "mqtt_qos": 1, "mqtt_clean_start": %s } } ] }
						""".formatted(clean), "test").policy())
				.withBean(MqttConnectionDetails.class, () -> new Details(broker.getLocalPort()))
				.run((context) -> {
					CompletableFuture<?> sent = context.getBean(SecureStreamTemplate.class)
						.sendAsync("alarms", "fire".getBytes(StandardCharsets.UTF_8));
					try (Socket only = broker.accept()) {
						only.setSoTimeout(20_000);
						packet(only);
						only.getOutputStream().write(new byte[] { 0x20, 2, 0, 0 });
						assertThat(packet(only)).endsWith("fire");
						assertThat(sent).isNotDone();
					}
					// Whether it has the message nobody can know
					assertThat(sent).failsWithin(Duration.ofSeconds(20))
						.withThrowableOfType(ExecutionException.class)
						.withCauseInstanceOf(TransactionException.class)
						.withMessageContaining("the connection was lost before the outcome was known");
				});
		}
	}

	private static String packet(Socket from) throws Exception {
		from.getInputStream().read();
		int length = from.getInputStream().read();
		return new String(from.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	/** What a container would say. */
	private record Details(int port) implements MqttConnectionDetails {

		@Override
		public String getHost() {
			return "127.0.0.1";
		}

		@Override
		public int getPort() {
			return this.port;
		}

		@Override
		public String getClientId() {
			return "of-details";
		}

		@Override
		public String getPassword() {
			return "secret";
		}

	}

}
