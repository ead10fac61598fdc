package io.securestreams.spring.boot.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.spring.annotation.Metadata;
import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.spring.annotation.SecureStreamHandler.Dispatch;
import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.boot.health.SecureStreamsHealthIndicator;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.observe.EventLoopThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handler beans on MQTT 5, with a broker that does what a test says.
 */
@Timeout(60)
class MqttHandlerTests {

	private static Policy policy(int port) {
		return PolicyJson.read("""
				{ "retry": [ { "r": { "backoff": [ 20 ], "conceal": 2, "jitterpc": 1 } } ],
				  "s": [ { "alarms": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "mqtt_version": 5,
				    "nailed_up": true, "retry": "r", "mqtt_subscribe": "plant/+", "mqtt_qos": 1,
				    "metadata": [ { "topic": "" }, { "origin": "origin" } ] } } ] }
				""".formatted(port), "test").policy();
	}

	private static ApplicationContextRunner runner(ServerSocket broker) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class,
					SecureStreamsAutoConfiguration.class, SecureStreamHandlerAutoConfiguration.class,
					SecureStreamsHealthContributorAutoConfiguration.class))
			.withPropertyValues("secure-streams.engine.event-loop-threads=1")
			.withBean(Policy.class, () -> policy(broker.getLocalPort()))
			.withBean(Alarms.class);
	}

	@Test
	void aHandlerThatBlocksGetsTopicAndPropertiesOfEachMessage() throws Exception {
		try (ServerSocket broker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			runner(broker).run((context) -> {
				Alarms alarms = context.getBean(Alarms.class);
				try (Peer peer = Peer.of(broker)) {
					peer.publish(1, "plant/a", "sensor 1", "fire");
					peer.publish(2, "plant/b", null, "water");
					peer.publish(3, "plant/c", "sensor 3", "smoke");
					// Nothing is acknowledged that the handler has still to finish with
					assertThat(alarms.started.poll(20, TimeUnit.SECONDS)).isEqualTo("plant/a sensor 1 fire");
					peer.socket.setSoTimeout(300);
					assertThat(peer.acknowledged()).isNull();
					assertThat(alarms.started).isEmpty();
					alarms.go.countDown();
					assertThat(alarms.started.poll(20, TimeUnit.SECONDS)).isEqualTo("plant/b null water");
					assertThat(alarms.started.poll(20, TimeUnit.SECONDS)).isEqualTo("plant/c sensor 3 smoke");
					peer.socket.setSoTimeout(20_000);
					assertThat(List.of(peer.acknowledged(), peer.acknowledged(), peer.acknowledged()))
						.containsExactly(1, 2, 3);
					assertThat(alarms.onLoop).isFalse();
				}
			});
		}
	}

	@Test
	void whatAHandlerHadNotFinishedComesAgain() throws Exception {
		try (ServerSocket broker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			runner(broker).run((context) -> {
				Alarms alarms = context.getBean(Alarms.class);
				try (Peer peer = Peer.of(broker)) {
					peer.publish(1, "plant/a", "one", "fire");
					assertThat(alarms.started.poll(20, TimeUnit.SECONDS)).isEqualTo("plant/a one fire");
				}
				alarms.go.countDown();
				try (Peer peer = Peer.of(broker)) {
					peer.publish(1, "plant/a", "again", "fire");
					assertThat(alarms.started.poll(20, TimeUnit.SECONDS)).isEqualTo("plant/a again fire");
					assertThat(peer.acknowledged()).isEqualTo(1);
				}
			});
		}
	}

	@Test
	void healthTellsThatTheBrokerIsAway() throws Exception {
		ServerSocket broker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
		runner(broker).run((context) -> {
			SecureStreamsHealthIndicator indicator = context.getBean(SecureStreamsHealthIndicator.class);
			Peer peer = Peer.of(broker);
			await()
				.until(() -> Map.of(StreamState.CONNECTED, 1L).equals(indicator.health().getDetails().get("streams")));
			assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
			broker.close();
			peer.close();
			await().until(() -> indicator.health().getStatus().equals(Status.DOWN));
			Health health = indicator.health();
			assertThat(health.getDetails()).containsEntry("streams", Map.of(StreamState.ALL_RETRIES_FAILED, 1L))
				.containsEntry("allRetriesFailed",
						List.of(context.getBean(SecureStreamHandlerRegistry.class).stream("alarms").id()));
		});
	}

	@SecureStreamHandler(value = "alarms", dispatch = Dispatch.EXECUTOR)
	static class Alarms {

		private final BlockingQueue<String> started = new LinkedBlockingQueue<>();

		private final CountDownLatch go = new CountDownLatch(1);

		private volatile boolean onLoop;

		@OnReceive
		void alarm(String text, @Metadata("topic") String topic, @Metadata("origin") @Nullable String origin)
				throws InterruptedException {
			this.onLoop |= EventLoopThread.isCurrent();
			this.started.add(topic + " " + origin + " " + text);
			this.go.await();
		}

	}

	/** One connection of the broker, on which the client has subscribed. */
	private static final class Peer implements AutoCloseable {

		private final Socket socket;

		private final DataInputStream input;

		private final DataOutputStream output;

		private Peer(Socket socket) throws IOException {
			this.socket = socket;
			this.socket.setSoTimeout(20_000);
			this.input = new DataInputStream(socket.getInputStream());
			this.output = new DataOutputStream(socket.getOutputStream());
		}

		static Peer of(ServerSocket broker) throws IOException {
			Peer peer = new Peer(broker.accept());
			peer.packet(0x10);
			peer.output.write(new byte[] { 0x20, 3, 0, 0, 0 });
			byte[] subscribe = peer.packet(0x82);
			peer.output.write(new byte[] { (byte) 0x90, 4, subscribe[0], subscribe[1], 0, 1 });
			return peer;
		}

		private byte[] packet(int type) throws IOException {
			assertThat(this.input.readUnsignedByte()).isEqualTo(type);
			int length = 0;
			for (int shift = 0;; shift += 7) {
				int next = this.input.readUnsignedByte();
				length |= (next & 0x7f) << shift;
				if (next < 0x80) {
					return this.input.readNBytes(length);
				}
			}
		}

		void publish(int id, String topic, @Nullable String origin, String text) throws IOException {
			ByteArrayOutputStream properties = new ByteArrayOutputStream();
			if (origin != null) {
				DataOutputStream property = new DataOutputStream(properties);
				property.write(0x26);
				property.writeUTF("origin");
				property.writeUTF(origin);
			}
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			DataOutputStream packet = new DataOutputStream(body);
			packet.writeUTF(topic);
			packet.writeShort(id);
			packet.write(properties.size());
			packet.write(properties.toByteArray());
			packet.write(text.getBytes(StandardCharsets.UTF_8));
			this.output.write(0x32);
			this.output.write(body.size());
			this.output.write(body.toByteArray());
		}

		/** Packet id of the next PUBACK, or {@code null} if none comes in time. */
		@Nullable Integer acknowledged() throws IOException {
			try {
				byte[] packet = packet(0x40);
				return (packet[0] & 0xff) << 8 | packet[1] & 0xff;
			}
			catch (SocketTimeoutException ex) {
				return null;
			}
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
