package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
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
import io.securestreams.transport.contract.Program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams on Mosquitto, which is killed and started again.
 */
@Timeout(300)
class MosquittoIT {

	private static final int MESSAGES = Integer.getInteger("mqtt.messages", 20_000);

	private static final int KILLS = 10;

	private static final Pattern TO_SINK = Pattern
		.compile("(?:Sending PUBLISH to|Sending PUBREL to|Received PUBCOMP from) sink \\(.*?(?:m|Mid: )(?<id>\\d+)");

	@TempDir
	private Path directory;

	private int port;

	private @Nullable Process broker;

	@BeforeEach
	void start() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/mosquitto")), "no mosquitto");
		this.port = Program.freePort();
		Files.writeString(this.directory.resolve("passwords"), "");
		Process made = new ProcessBuilder("mosquitto_passwd", "-b", this.directory.resolve("passwords").toString(),
				"user", "secret")
			.redirectErrorStream(true)
			.start();
		assertThat(made.waitFor(20, TimeUnit.SECONDS)).isTrue();
		Files.writeString(this.directory.resolve("conf"), """
				user root
				listener %d 127.0.0.1
				allow_anonymous false
				password_file %s
				persistence true
				persistence_location %s/
				max_inflight_messages 100
				max_queued_messages 0
				""".formatted(this.port, this.directory.resolve("passwords"), this.directory));
		run();
	}

	private void run() throws Exception {
		this.broker = new ProcessBuilder("/usr/sbin/mosquitto", "-v", "-c", this.directory.resolve("conf").toString())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.appendTo(this.directory.resolve("log").toFile()))
			.start();
	}

	/** In order, so that what it has acknowledged is on its disk. */
	private void kill() throws Exception {
		Process running = this.broker;
		if (running != null) {
			running.destroy();
			running.waitFor();
		}
	}

	@AfterEach
	void stop() throws Exception {
		kill();
	}

	private SecureStreams engine(String client, String password, String keys) {
		return types(client, password, type("x", keys));
	}

	private String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"127.0.0.1\", \"port\": " + this.port
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
	@ValueSource(ints = { 1, 2 })
	void nothingIsLostOverTenRestarts(int qos) throws Exception {
		Counter counter = new Counter();
		Source source = new Source();
		try (SecureStreams sinks = engine("sink", "secret", "\"mqtt_subscribe\": \"n/#\", \"mqtt_qos\": " + qos);
				SecureStreams sources = engine("source", "secret", "\"mqtt_topic\": \"n/x\", \"mqtt_qos\": " + qos)) {
			sinks.create("x", counter);
			await().until(() -> counter.connected > 0);
			SecureStream stream = sources.create("x", source);
			for (int i = 1; i <= KILLS; i++) {
				int until = i * MESSAGES / (KILLS + 1);
				await().atMost(60, TimeUnit.SECONDS).until(() -> source.acknowledged.get() >= until);
				kill();
				run();
			}
			await().atMost(120, TimeUnit.SECONDS).until(() -> source.acknowledged.get() == MESSAGES);
			await().atMost(60, TimeUnit.SECONDS).until(() -> counter.seen.size() == MESSAGES);
			assertThat(source.rejected).hasValue(0);
			if (qos == 2) {
				assertThat(counter.received.get() - MESSAGES).isLessThanOrEqualTo(releasedAndPublishedAgain());
			}
			assertThat(stream.snapshot().counters().connections()).isGreaterThan(KILLS / 2);
		}
	}

	/**
	 * Counts messages that the broker publishes again although it has released them,
	 * which a sender must not do (MQTT-4.3.3-1): Mosquitto 2.0.11 restores what waited
	 * for PUBCOMP as if it waited for PUBREC. To a receiver that has answered PUBREL such
	 * a message is a new one.
	 */
	private int releasedAndPublishedAgain() throws IOException {
		Set<String> released = new HashSet<>();
		int again = 0;
		for (String line : Files.readAllLines(this.directory.resolve("log"))) {
			Matcher sent = TO_SINK.matcher(line);
			if (!sent.find()) {
				continue;
			}
			String id = sent.group("id");
			if (line.contains("PUBREL")) {
				released.add(id);
			}
			else if (released.remove(id) && line.contains("(d1")) {
				again++;
			}
		}
		return again;
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

		private int next;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			switch (state) {
				case CONNECTED -> stream.requestTx();
				case QOS_ACK_REMOTE -> this.acknowledged.incrementAndGet();
				case QOS_NACK_REMOTE -> this.rejected.incrementAndGet();
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			if (this.next < MESSAGES) {
				slot.write(String.valueOf(this.next++)).end();
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
