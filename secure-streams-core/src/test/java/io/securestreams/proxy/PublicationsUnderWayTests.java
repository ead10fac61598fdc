package io.securestreams.proxy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * As many publications as MQTT has numbers for are under way through a proxy before the
 * broker answers any of them, and in any order: each answer is about its message.
 */
@Timeout(120)
class PublicationsUnderWayTests {

	private static final int PUBLISH = 3;

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(ints = { 1025, 20_000, 65_000 })
	void eachAnswerIsAboutItsMessage(int count) throws Exception {
		try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				SecureStreams far = far(broker.getLocalPort());
				ProxyServer proxy = far.serveProxy(ProxyServerSettings.builder()
					.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p"))))
					.build());
				SecureStreams near = SecureStreams.builder()
					.proxy(ProxyClientSettings.of(proxy.addresses().get(0)))
					.eventLoopThreads(1)
					.build()) {
			Publisher publisher = new Publisher(2 * count);
			near.create("up", publisher).connect();
			try (Socket socket = broker.accept()) {
				DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
				read(in);
				socket.getOutputStream().write(new byte[] { 0x20, 2, 0, 0 });
				// The numbers of MQTT are used again
				for (int round = 0; round < 2; round++) {
					List<int[]> messages = new ArrayList<>();
					while (messages.size() < count) {
						int[] message = read(in);
						if (message != null) {
							messages.add(message);
						}
					}
					Collections.shuffle(messages, new Random(count));
					OutputStream out = new BufferedOutputStream(socket.getOutputStream());
					List<Long> answered = new ArrayList<>();
					for (int[] message : messages) {
						out.write(new byte[] { 0x40, 2, (byte) (message[0] >> 8), (byte) message[0] });
						answered.add((long) message[1]);
					}
					out.flush();
					await().atMost(60, TimeUnit.SECONDS).until(() -> publisher.answered.size() >= count);
					for (int i = 0; i < count; i++) {
						assertThat(publisher.answered.remove()).as("answer %s of round %s", i, round)
							.isEqualTo(answered.get(i));
					}
				}
				assertThat(publisher.answered).isEmpty();
			}
		}
	}

	private static SecureStreams far(int port) {
		return SecureStreams.builder()
			.policy(PolicyJson.read("""
					{ "s": [ { "up": { "endpoint": "127.0.0.1", "port": $port, "protocol": "mqtt", "mqtt_topic": "t",
					  "mqtt_qos": 1, "mqtt_clean_start": true } } ] }
					""".replace("$port", String.valueOf(port)), "test").policy())
			.mqtt(MqttLimits.DEFAULTS.toBuilder().maxInFlight(65_535).build())
			.eventLoopThreads(1)
			.build();
	}

	/** Reads a packet, and returns the number and the text of a message. */
	private static int[] read(DataInputStream in) throws IOException {
		int type = in.readUnsignedByte() >> 4;
		byte[] packet = new byte[in.readUnsignedByte()];
		in.readFully(packet);
		if (type != PUBLISH) {
			return null;
		}
		int text = ((packet[5] & 0xff) << 16) | ((packet[6] & 0xff) << 8) | (packet[7] & 0xff);
		return new int[] { ((packet[3] & 0xff) << 8) | (packet[4] & 0xff), text };
	}

	/** Sends its ordinals. */
	private static final class Publisher implements StreamHandler {

		private final int count;

		private final Queue<Long> answered = new ConcurrentLinkedQueue<>();

		Publisher(int count) {
			this.count = count;
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CONNECTED) {
				stream.requestTx();
			}
			else if (state == StreamState.QOS_ACK_REMOTE) {
				this.answered.add(ordinal);
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int ordinal = (int) slot.ordinal();
			slot.write(new byte[] { (byte) (ordinal >> 16), (byte) (ordinal >> 8), (byte) ordinal }).end();
			if (ordinal + 1 < this.count) {
				stream.requestTx();
			}
		}

	}

}
