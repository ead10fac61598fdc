package io.securestreams.transport.mqtt;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams on Mosquitto, which is killed and started again.
 */
@Timeout(600)
class MosquittoIT {

	private static final int MESSAGES = Integer.getInteger("mqtt.messages", 100_000);

	private static final int KILLS = 10;

	@TempDir
	private Path directory;

	private Mosquitto broker;

	@BeforeEach
	void start() throws Exception {
		Assumptions.assumeTrue(Mosquitto.isInstalled(), "no mosquitto, or none of its clients");
		this.broker = new Mosquitto(this.directory);
	}

	@AfterEach
	void stop() throws Exception {
		this.broker.close();
	}

	private SecureStreams engine(String client, String password, String keys) {
		return types(client, password, type("x", keys));
	}

	private String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"127.0.0.1\", \"port\": " + this.broker.port()
				+ ", \"protocol\": \"mqtt\", \"retry\": \"r\", \"nailed_up\": true, " + keys + " } }";
	}

	private SecureStreams types(String client, String password, String... streamTypes) {
		return SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.blobs(new SystemBlobs().set(Blob.MQTT_CLIENT_ID, client)
				.set(Blob.MQTT_USERNAME, "user")
				.set(Blob.MQTT_PASSWORD, password))
			.policy(PolicyJson.read("""
					{ "retry": [ { "r": { "backoff": [50], "conceal": 65535, "jitterpc": 1 } } ], "s": [ %s ] }
					""".formatted(String.join(", ", streamTypes)), "test").policy())
			.build();
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "2, 3", "2, 5" })
	void nothingIsLostOverTenRestarts(int qos, int version) throws Exception {
		Counter counter = new Counter();
		Source source = new Source();
		String keys = ", \"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos;
		// With QoS 2 it loses messages itself when the broker is started again
		Path other = this.broker.subscriber("other", "n/#", 1);
		await().until(() -> this.broker.hasLogged("Sending SUBACK to other"));
		try (SecureStreams sinks = engine("sink", "secret", "\"mqtt_subscribe\": \"n/#\"" + keys);
				SecureStreams sources = engine("source", "secret", "\"mqtt_topic\": \"n/x\"" + keys)) {
			sinks.create("x", counter);
			await().until(() -> counter.connected > 0);
			SecureStream stream = sources.create("x", source);
			for (int i = 1; i <= KILLS; i++) {
				int until = i * MESSAGES / (KILLS + 1);
				await().atMost(120, TimeUnit.SECONDS).until(() -> source.acknowledged.get() >= until);
				this.broker.stop();
				this.broker.start();
			}
			await().atMost(200, TimeUnit.SECONDS).until(() -> source.acknowledged.get() == MESSAGES);
			await().atMost(120, TimeUnit.SECONDS).until(() -> counter.seen.size() == MESSAGES);
			await().atMost(120, TimeUnit.SECONDS)
				.until(() -> new HashSet<>(Mosquitto.numbers(other)).size() == MESSAGES);
			assertThat(source.rejected).hasValue(0);
			if (qos == 2) {
				assertThat(counter.received.get() - MESSAGES)
					.isLessThanOrEqualTo(this.broker.releasedAndPublishedAgain("sink"));
				// What has been published once comes again only where the broker repeats
				// it
				assertThat(Mosquitto.numbers(other).size() - MESSAGES)
					.isLessThanOrEqualTo(this.broker.repeatedTo("other"));
			}
			assertThat(stream.snapshot().counters().connections()).isGreaterThan(KILLS / 2);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whatWasNotAcknowledgedArrivesAfterAKill(int qos) throws Exception {
		Source source = new Source();
		Path other = this.broker.subscriber("other", "n/#", 1);
		await().until(() -> this.broker.hasLogged("Sending SUBACK to other"));
		try (SecureStreams sources = engine("source", "secret", "\"mqtt_topic\": \"n/x\", \"mqtt_qos\": " + qos)) {
			sources.create("x", source);
			// Sessions are on its disk from here on, as they are
			await().atMost(60, TimeUnit.SECONDS).until(() -> source.acknowledged.get() >= 100);
			this.broker.stop();
			this.broker.start();
			Set<Long> open = new HashSet<>();
			for (int i = 1; i <= KILLS; i++) {
				int until = i * MESSAGES / (KILLS + 1);
				await().atMost(120, TimeUnit.SECONDS).until(() -> source.acknowledged.get() >= until);
				this.broker.kill();
				// Its last words may be in our socket still
				await().atMost(60, TimeUnit.SECONDS).until(() -> !source.connected);
				// What it acknowledged before but had not written to its disk is its own
				// loss
				open.clear();
				for (long ordinal = 0; ordinal < source.next; ordinal++) {
					if (!source.told.contains(ordinal)) {
						open.add(ordinal);
					}
				}
				this.broker.start();
			}
			await().atMost(200, TimeUnit.SECONDS).until(() -> source.told.size() == MESSAGES);
			// Each is told once, whatever the broker has forgotten
			assertThat(source.acknowledged.get() + source.rejected.get()).isEqualTo(MESSAGES);
			open.removeAll(source.refused);
			await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
				Mosquitto.numbers(other).forEach((number) -> open.remove(number.longValue()));
				assertThat(open).hasSizeLessThanOrEqualTo(this.broker.releasedUnseen("source"));
			});
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 0", "3, 2", "5, 0", "5, 2" })
	void overlappingFiltersBringAMessageOnce(int version, int qos) throws Exception {
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version + ", ";
		MqttStreamTests.overlap(types("c", "secret", type("narrow", keys + "\"mqtt_subscribe\": \"o/b\""),
				type("wide", keys + "\"mqtt_subscribe\": [ \"o/#\", \"o/b\" ]"),
				type("cross", keys + "\"mqtt_subscribe\": \"+/b\""), type("out", keys + "\"mqtt_topic\": \"o/b\"")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void whoComesLateGetsWhatIsRetained(int version) throws Exception {
		String keys = "\"mqtt_qos\": 1, \"mqtt_version\": " + version + ", ";
		MqttStreamTests.retained(types("c", "secret", type("one", keys + "\"mqtt_subscribe\": \"kept\""),
				type("two", keys + "\"mqtt_subscribe\": \"kept/#\""),
				type("three", keys + "\"mqtt_subscribe\": \"kept\""),
				type("out", keys + "\"mqtt_retain\": true, \"mqtt_topic\": \"kept\"")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "wrong" })
	void aWrongPasswordIsAStateOfItsOwn(String password) {
		Counter counter = new Counter();
		try (SecureStreams streams = engine("sink", password, "\"mqtt_subscribe\": \"n\"")) {
			streams.create("x", counter);
			await().until(() -> counter.refused > 0);
			assertThat(counter.connected).isZero();
		}
	}

	/** Publishes numbers. */
	private static final class Source implements StreamHandler {

		private final AtomicInteger acknowledged = new AtomicInteger();

		private final AtomicInteger rejected = new AtomicInteger();

		private final Set<Long> told = ConcurrentHashMap.newKeySet();

		private final Set<Long> refused = ConcurrentHashMap.newKeySet();

		private volatile int next;

		private volatile boolean connected;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case CONNECTED -> {
					this.connected = true;
					stream.requestTx();
				}
				case DISCONNECTED -> this.connected = false;
				case QOS_ACK_REMOTE -> {
					assertThat(this.told.add(ordinal)).isTrue();
					this.acknowledged.incrementAndGet();
				}
				case QOS_NACK_REMOTE -> {
					assertThat(this.told.add(ordinal)).isTrue();
					this.refused.add(ordinal);
					this.rejected.incrementAndGet();
				}
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			if (this.next < MESSAGES) {
				int number = this.next;
				this.next = number + 1;
				slot.write(String.valueOf(number)).end();
				stream.requestTx();
			}
		}

	}

	/** Counts them. */
	private static final class Counter implements StreamHandler {

		private final Set<String> seen = ConcurrentHashMap.newKeySet();

		private final AtomicInteger received = new AtomicInteger();

		private final StringBuilder message = new StringBuilder();

		private volatile int connected;

		private volatile int refused;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CONNECTED) {
				this.connected = 1;
			}
			else if (state == StreamState.AUTH_FAILED) {
				this.refused = 1;
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			if (payload.isStart()) {
				this.message.setLength(0);
			}
			this.message.append(payload.text());
			if (payload.isEnd()) {
				this.received.incrementAndGet();
				this.seen.add(this.message.toString());
			}
		}

	}

}
