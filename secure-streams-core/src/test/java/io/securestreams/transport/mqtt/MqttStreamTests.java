package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.SecureStreams;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.testing.OtherThread;

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
		return engine(MqttLimits.DEFAULTS, streamTypes);
	}

	private static SecureStreams engine(MqttLimits limits, String... streamTypes) {
		StringBuilder json = new StringBuilder(
				"{ \"retry\": [ { \"r\": { \"backoff\": [100], \"conceal\": 65535, \"jitterpc\": 1 } } ], \"s\": [");
		for (int i = 0; i < streamTypes.length; i++) {
			json.append((i > 0) ? ", " : "").append(streamTypes[i]);
		}
		return SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.mqtt(limits)
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

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aLongMessageIsWholeWhateverComesMeanwhile(int qos) throws Exception {
		String text = "0123456789".repeat(3000);
		try (SecureStreams streams = engine(MqttLimits.builder().maxCollected(1000).build(),
				type("slow", "\"mqtt_topic\": \"long\", \"mqtt_qos\": " + qos),
				type("in", "\"mqtt_subscribe\": \"short\", \"mqtt_qos\": 1, \"mqtt_topic\": \"other\""));
				SecureStreams others = engine(type("out", "\"mqtt_topic\": \"short\", \"mqtt_qos\": 1"),
						type("all", "\"mqtt_subscribe\": \"long\", \"mqtt_qos\": 1"))) {
			Recorder in = new Recorder();
			Recorder all = new Recorder();
			streams.create("in", in);
			others.create("all", all);
			SecureStream out = others.create("out", new Recorder());
			await().until(() -> in.states.contains("CONNECTED 0") && all.states.contains("CONNECTED 0"));
			Pieces pieces = new Pieces(text);
			SecureStream slow = streams.create("slow", pieces);
			for (int i = 1; i < text.length() / 10_000; i++) {
				int end = i * 10_000;
				pieces.until.set(end);
				slow.requestTx(text.length());
				await().until(() -> pieces.at.get() == end);
				out.send("x".getBytes(StandardCharsets.UTF_8));
				assertThat(in.take()).isEqualTo("x");
			}
			pieces.until.set(text.length());
			slow.requestTx(text.length());
			assertThat(all.take()).isEqualTo(text);
			await().until(() -> pieces.states.stream().anyMatch((state) -> state.startsWith("QOS_ACK_REMOTE")));
			assertThat(in.states).containsExactly("CREATING 0", "CONNECTING 0", "CONNECTED 0");
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
			// Those of other tests may take the broker a while to miss
			await().until(() -> Integer.valueOf(1).equals(broker.connections().get("count")));
			out.send("x".getBytes(StandardCharsets.UTF_8));
			assertThat(one.take()).isEqualTo("x");
			assertThat(two.take()).isEqualTo("x");
			out.send("y".getBytes(StandardCharsets.UTF_8));
			assertThat(one.take()).isEqualTo("y");
			assertThat(two.take()).isEqualTo("y");
			assertThat(three.messages).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 0", "3, 2", "5, 0", "5, 2" })
	void overlappingFiltersBringAMessageOnce(int version, int qos) throws Exception {
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version + ", ";
		overlap(engine(type("narrow", keys + "\"mqtt_subscribe\": \"o/b\""),
				type("wide", keys + "\"mqtt_subscribe\": [ \"o/#\", \"o/b\" ]"),
				type("cross", keys + "\"mqtt_subscribe\": \"+/b\""), type("out", keys + "\"mqtt_topic\": \"o/b\"")));
	}

	static void overlap(SecureStreams engine) throws Exception {
		try (SecureStreams streams = engine) {
			Map<String, Recorder> all = new LinkedHashMap<>();
			for (String name : List.of("narrow", "wide", "cross")) {
				all.put(name, new Recorder());
				streams.create(name, all.get(name));
				await().until(() -> all.get(name).states.contains("CONNECTED 0"));
			}
			SecureStream out = streams.create("out", new Recorder());
			for (int i = 0; i < 50; i++) {
				out.send(("message " + i).getBytes(StandardCharsets.UTF_8));
			}
			for (Recorder each : all.values()) {
				for (int i = 0; i < 50; i++) {
					assertThat(each.take()).isEqualTo("message " + i);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void manyThreadsSendUntilAnotherClosesTheStream(int qos) throws Exception {
		String keys = "\"mqtt_qos\": " + qos + ", ";
		try (SecureStreams streams = engine(type("in", keys + "\"mqtt_subscribe\": \"many/" + qos + "\""),
				type("out", keys + "\"mqtt_topic\": \"many/" + qos + "\""))) {
			Recorder in = new Recorder();
			streams.create("in", in);
			await().until(() -> in.states.contains("CONNECTED 0"));
			SecureStream out = streams.create("out", new Recorder());
			List<CompletableFuture<Long>> sent = sendFromThreads(out, 25);
			Set<Long> ordinals = new HashSet<>();
			Set<String> received = new HashSet<>();
			for (CompletableFuture<Long> each : sent) {
				assertThat(ordinals.add(each.get(20, TimeUnit.SECONDS))).isTrue();
				assertThat(received.add(in.take())).isTrue();
			}
			await().until(() -> out.snapshot().counters().acknowledged() == sent.size());
			CompletableFuture<Void> closed = OtherThread.run(out::close);
			for (CompletableFuture<Long> each : sendFromThreads(out, 25)) {
				// Each ends, one way or the other
				assertThat(each.exceptionally((failure) -> -1L).get(20, TimeUnit.SECONDS)).isNotNull();
			}
			closed.get(20, TimeUnit.SECONDS);
			await().until(out::isClosed);
			assertThat(out.send(new byte[1]).toCompletableFuture()).failsWithin(20, TimeUnit.SECONDS)
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(StreamClosedException.class);
		}
	}

	private static List<CompletableFuture<Long>> sendFromThreads(SecureStream stream, int each) throws Exception {
		List<CompletableFuture<Long>> sent = Collections.synchronizedList(new ArrayList<>());
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			String name = "thread " + i + " message ";
			threads.add(new Thread(() -> {
				for (int j = 0; j < each; j++) {
					sent.add(stream.send((name + j).getBytes(StandardCharsets.UTF_8)).toCompletableFuture());
				}
			}));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		return sent;
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void whoComesLateGetsWhatIsRetained(int version) throws Exception {
		String keys = "\"mqtt_qos\": 1, \"mqtt_version\": " + version + ", ";
		String topic = "kept/" + version;
		retained(engine(type("one", keys + "\"mqtt_subscribe\": \"" + topic + "\""),
				type("two", keys + "\"mqtt_subscribe\": \"" + topic + "/#\""),
				type("three", keys + "\"mqtt_subscribe\": \"" + topic + "\""),
				type("out", keys + "\"mqtt_retain\": true, \"mqtt_topic\": \"" + topic + "\"")));
	}

	static void retained(SecureStreams engine) throws Exception {
		try (SecureStreams streams = engine) {
			SecureStream out = streams.create("out", new Recorder());
			out.send("first".getBytes(StandardCharsets.UTF_8));
			await().until(() -> out.snapshot().counters().acknowledged() == 1);
			List<Recorder> all = new ArrayList<>();
			for (String name : List.of("one", "two", "three")) {
				all.add(new Recorder());
				streams.create(name, all.get(all.size() - 1));
				assertThat(all.get(all.size() - 1).take()).isEqualTo("first");
			}
			out.send("second".getBytes(StandardCharsets.UTF_8));
			out.send("third".getBytes(StandardCharsets.UTF_8));
			for (Recorder each : all) {
				assertThat(each.take()).isEqualTo("second");
				assertThat(each.take()).isEqualTo("third");
			}
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

	/** Writes three bytes at a time, up to a place. */
	private static final class Pieces extends Recorder {

		private final String text;

		private final AtomicInteger at = new AtomicInteger();

		private final AtomicInteger until = new AtomicInteger();

		Pieces(String text) {
			this.text = text;
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			int start = this.at.get();
			int end = Math.min(start + 3, this.until.get());
			slot.write(this.text.substring(start, end));
			if (end == this.text.length()) {
				slot.end();
			}
			else if (end < this.until.get()) {
				stream.requestTx();
			}
			this.at.set(end);
		}

	}

}
