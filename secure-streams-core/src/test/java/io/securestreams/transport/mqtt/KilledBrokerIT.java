package io.securestreams.transport.mqtt;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Mosquitto that is killed in the middle of a long message, and started again with what
 * is on its disk.
 */
@Timeout(120)
class KilledBrokerIT {

	private static final int SIZE = 20 * 1024 * 1024;

	/** Room for what comes before the payload. */
	private static final int HEADS = 200;

	@TempDir
	private Path directory;

	private Mosquitto broker;

	private CountingRelay relay;

	@BeforeEach
	void start() throws Exception {
		Assumptions.assumeTrue(Mosquitto.isInstalled(), "no mosquitto, or none of its clients");
		this.broker = new Mosquitto(this.directory);
		this.relay = new CountingRelay(this.broker.port());
	}

	@AfterEach
	void stop() throws Exception {
		if (this.relay != null) {
			this.relay.close();
			this.broker.close();
		}
	}

	private SecureStreams engine(int port, String client, String keys) {
		return SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.blobs(new SystemBlobs().set(Blob.MQTT_CLIENT_ID, client)
				.set(Blob.MQTT_USERNAME, "user")
				.set(Blob.MQTT_PASSWORD, "secret"))
			.policy(PolicyJson.read("""
					{ "retry": [ { "r": { "backoff": [50], "conceal": 65535, "jitterpc": 1 } } ],
					  "s": [ { "x": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "retry": "r",
					    "nailed_up": true, %s } } ] }
					""".formatted(port, keys), "test").policy())
			.build();
	}

	private static String keys(int version, int qos) {
		return ", \"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos + ", \"mqtt_session_expiry\": 3600";
	}

	private void restart() throws Exception {
		this.broker.stop();
		this.broker.start();
	}

	private void killAndStart() throws Exception {
		this.broker.kill();
		this.broker.start();
	}

	/** A session that is there from now on, on the broker's disk. */
	private Path otherSubscriber() throws Exception {
		Path file = this.broker.subscriber("other", "t/#", 2, "-F", "%l");
		await().atMost(20, TimeUnit.SECONDS).until(() -> this.broker.hasLogged("Sending SUBACK to other"));
		return file;
	}

	@ParameterizedTest
	@CsvSource({ "3, 1, 1", "3, 1, 10485760", "3, 2, 10485760", "5, 1, 10485760", "5, 2, 10485760" })
	void whatIsBeingSentIsSentAgainByItsHandlerAndArrivesOnce(int version, int qos, int point) throws Exception {
		Path other = otherSubscriber();
		try (SecureStreams streams = engine(this.relay.port(), "source",
				"\"mqtt_topic\": \"t/long\"" + keys(version, qos))) {
			Source source = new Source();
			SecureStream stream = streams.create("x", source);
			await().atMost(20, TimeUnit.SECONDS).until(() -> source.states.contains("CONNECTED"));
			restart();
			this.relay.afterToBroker(HEADS + point, this::killAndStart);
			source.begin(stream);
			await().atMost(60, TimeUnit.SECONDS).until(() -> source.states.contains("QOS_ACK_REMOTE"));
			assertThat(source.beginnings).isGreaterThan(1);
			assertThat(source.states).containsOnlyOnce("QOS_ACK_REMOTE").doesNotContain("QOS_NACK_REMOTE");
			assertThat(source.states).containsSubsequence("CONNECTED", "DISCONNECTED", "CONNECTED", "QOS_ACK_REMOTE");
			await().atMost(60, TimeUnit.SECONDS).until(() -> Mosquitto.numbers(other).contains(SIZE));
			assertThat(Mosquitto.numbers(other)).containsExactly(SIZE);
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 1", "3, 2", "5, 1", "5, 2" })
	void whatTheStreamHasCollectedIsSentAgainByItself(int version, int qos) throws Exception {
		Path other = otherSubscriber();
		byte[] message = new byte[3 * 1024 * 1024];
		try (SecureStreams streams = engine(this.relay.port(), "source",
				"\"mqtt_topic\": \"t/collected\"" + keys(version, qos))) {
			Source source = new Source();
			SecureStream stream = streams.create("x", source);
			await().atMost(20, TimeUnit.SECONDS).until(() -> source.states.contains("CONNECTED"));
			restart();
			this.relay.afterToBroker(HEADS + message.length / 2, this::killAndStart);
			long sent = stream.send(message).toCompletableFuture().get(60, TimeUnit.SECONDS);
			await().atMost(60, TimeUnit.SECONDS).until(() -> source.states.contains("QOS_ACK_REMOTE"));
			assertThat(source.acknowledged).containsExactly(sent);
			assertThat(source.states).containsSubsequence("CONNECTED", "DISCONNECTED", "CONNECTED", "QOS_ACK_REMOTE");
			await().atMost(60, TimeUnit.SECONDS).until(() -> Mosquitto.numbers(other).contains(message.length));
			assertThat(Mosquitto.numbers(other)).containsExactly(message.length);
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 1, 10485760", "3, 2, 10485760", "5, 1, 10485760", "5, 2, 10485760", "3, 2, 0", "5, 2, 0" })
	void whatIsBeingReceivedComesAgainAndIsCompleteOnce(int version, int qos, int point) throws Exception {
		String keys = "\"mqtt_subscribe\": \"t/#\"" + keys(version, qos);
		try (SecureStreams streams = engine(this.broker.port(), "sink", keys)) {
			Sink sink = new Sink();
			streams.create("x", sink);
			await().atMost(20, TimeUnit.SECONDS).until(() -> sink.states.contains("CONNECTED"));
		}
		CRC32 sum = this.broker.publish("t/long", qos, SIZE);
		// On the disk, with the session that it waits for
		restart();
		if (point > 0) {
			this.relay.afterToClient(HEADS + point, this::killAndStart);
		}
		else {
			// All of it has come, and the first bytes of the answer have just left
			this.relay.afterToClient(SIZE, () -> this.relay.afterToBroker(1, this::killAndStart));
		}
		try (SecureStreams streams = engine(this.relay.port(), "sink", keys)) {
			Sink sink = new Sink();
			SecureStream stream = streams.create("x", sink);
			await().atMost(25, TimeUnit.SECONDS)
				.until(() -> !sink.complete.isEmpty()
						&& sink.states.lastIndexOf("CONNECTED") > sink.states.indexOf("DISCONNECTED")
						&& sink.states.contains("DISCONNECTED"));
			// What comes after it shows that it does not come once more
			this.broker.publish("t/end", qos, 1);
			await().atMost(60, TimeUnit.SECONDS).until(() -> sink.complete.contains("1 " + one()));
			assertThat(sink.complete).containsExactly(SIZE + " " + sum.getValue(), "1 " + one());
			assertThat(sink.states).containsSubsequence("CONNECTED", "DISCONNECTED", "CONNECTED");
			assertThat(stream.snapshot().counters().connections()).isGreaterThan(1);
		}
	}

	private static long one() {
		CRC32 sum = new CRC32();
		sum.update(new byte[1]);
		return sum.getValue();
	}

	/** Publishes one long message, from its beginning on each connection. */
	private static final class Source implements StreamHandler {

		private static final byte[] PIECE = new byte[65536];

		private final List<String> states = new CopyOnWriteArrayList<>();

		private final List<Long> acknowledged = new CopyOnWriteArrayList<>();

		private volatile boolean wanted;

		private volatile int beginnings;

		private int at;

		private long ended = -1;

		void begin(SecureStream stream) {
			this.wanted = true;
			this.beginnings++;
			stream.requestTx(SIZE);
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state.name());
			switch (state) {
				case CONNECTED -> {
					if (this.wanted) {
						begin(stream);
					}
				}
				case DISCONNECTED -> this.at = 0;
				case QOS_ACK_REMOTE -> {
					this.wanted = false;
					this.acknowledged.add(ordinal);
				}
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			if (!this.wanted || this.at == SIZE) {
				return;
			}
			int length = Math.min(Math.min(slot.capacity(), PIECE.length), SIZE - this.at);
			slot.write(PIECE, 0, length);
			this.at += length;
			if (this.at == SIZE) {
				slot.end();
				this.ended = slot.ordinal();
			}
			else {
				stream.requestTx();
			}
		}

	}

	/** Sums up what comes. */
	private static final class Sink implements StreamHandler {

		private final List<String> states = new CopyOnWriteArrayList<>();

		/** Length and sum of whole messages. */
		private final List<String> complete = new CopyOnWriteArrayList<>();

		private final CRC32 sum = new CRC32();

		private int length;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state.name());
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isStart()) {
				this.sum.reset();
				this.length = 0;
			}
			this.sum.update(payload.content().nioBuffer());
			this.length += payload.length();
			if (payload.isEnd()) {
				this.complete.add(this.length + " " + this.sum.getValue());
			}
		}

	}

}
