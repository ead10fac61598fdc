package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A message that leaves little by little, on a connection on which other things happen
 * meanwhile.
 */
class LongMessageTests extends SessionHarness {

	private static final MqttLimits TINY = MqttLimits.builder().slotCapacity(3).maxCollected(10).build();

	private static final String TEXT = "0123456789".repeat(6);

	private final Slow slow = new Slow();

	private void startWith(String keys, String... others) {
		String[] types = new String[others.length + 1];
		types[0] = type("slow", "\"mqtt_topic\": \"long\", " + keys);
		System.arraycopy(others, 0, types, 1, others.length);
		start(TINY, policy(types));
	}

	private void begin() {
		this.slow.stream = this.engine.create("slow", this.slow);
		this.executor.run();
		this.slow.stream.requestTx(TEXT.length());
		this.executor.run();
		assertThat(this.slow.at).isEqualTo(3);
	}

	private void step() {
		this.slow.stream.requestTx();
		this.executor.run();
	}

	private void finish() {
		while (this.slow.at < TEXT.length()) {
			step();
		}
	}

	@ParameterizedTest
	@CsvSource({ "3, 0, 1", "3, 1, 1", "3, 2, 2", "5, 1, 1", "5, 2, 2" })
	void answersWaitForItsEnd(int version, int qos, int inQos) {
		String keys = "\"mqtt_version\": " + version + ", \"mqtt_qos\": ";
		startWith(keys + qos, type("in", keys + inQos + ", \"mqtt_subscribe\": \"t\""));
		Recorder in = create("in");
		begin();
		for (int i = 0; i < 10; i++) {
			String text = "m" + i;
			this.executor.inside(() -> this.broker.publish(inQos, "t", text));
			step();
		}
		assertThat(in.received).hasSize(10);
		assertThat(this.broker.outgoing).hasSize(10);
		finish();
		assertThat(this.broker.accepted).containsExactly("long: " + TEXT);
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.broker.log.indexOf(((inQos == 1) ? "PUBACK" : "PUBREC") + " 1"))
			.isGreaterThan(indexOf("PUBLISH"));
		assertThat(in.events).endsWith("CONNECTED");
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED, StreamState.QOS_ACK_REMOTE);
	}

	private int indexOf(String packet) {
		return this.broker.log
			.indexOf(this.broker.log.stream().filter((each) -> each.startsWith(packet)).findFirst().get());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void streamsThatComeMeanwhileWaitForItsEnd(int birthQos) {
		String birth = "\"mqtt_birth_topic\": \"born\", \"mqtt_birth_message\": \"" + "b".repeat(40)
				+ "\", \"mqtt_birth_qos\": " + birthQos + ", ";
		startWith("\"mqtt_qos\": 1", type("in", birth + "\"mqtt_subscribe\": \"t\""),
				type("gone", "\"mqtt_subscribe\": \"u\""));
		Recorder gone = create("gone");
		begin();
		Recorder in = create("in");
		gone.stream.close();
		this.executor.advance(2000);
		step();
		assertThat(this.broker.log).doesNotContain("SUBSCRIBE t 0", "UNSUBSCRIBE u");
		finish();
		assertThat(this.broker.accepted).containsExactly("long: " + TEXT, "born: " + "b".repeat(40));
		assertThat(this.broker.log).contains("SUBSCRIBE t 0", "UNSUBSCRIBE u");
		assertThat(in.events).endsWith("CONNECTED");
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED, StreamState.QOS_ACK_REMOTE);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void anAnswerBeforeItsEndIsNoneOfItsOwn(int qos) {
		startWith("\"mqtt_qos\": " + qos);
		begin();
		this.executor.inside(() -> this.broker.send((qos == 1) ? 0x40 : 0x50, 2, 0, 1));
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED, StreamState.DISCONNECTED);
		assertThat(this.slow.stream.lastFailure().message()).contains("answered before its end");
	}

	@Test
	void whatItsReleaseNeedsWaitsAsWell() {
		startWith("\"mqtt_qos\": 1", type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 2"));
		this.broker.silent = true;
		Recorder out = create("out");
		out.send("abc");
		this.executor.run();
		begin();
		this.broker.silent = false;
		this.executor.inside(this.broker.keptBack.remove());
		step();
		assertThat(this.broker.log).noneMatch((each) -> each.startsWith("PUBREL"));
		finish();
		assertThat(this.broker.accepted).containsExactly("t: abc", "long: " + TEXT);
		assertThat(out.acknowledged).containsExactly(0L);
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "2, 3", "2, 5" })
	void oneThatIsCutIsSentAgainByItsHandlerAlone(int qos, int version) {
		startWith("\"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos);
		begin();
		step();
		this.executor.inside(() -> this.broker.lose(wire()));
		assertThat(this.slow.states).endsWith(StreamState.DISCONNECTED);
		this.executor.advance(1000);
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED);
		assertThat(this.broker.log).noneMatch((each) -> each.startsWith("PUBLISH"));
		this.slow.at = 0;
		this.slow.stream.requestTx(TEXT.length());
		this.executor.run();
		finish();
		assertThat(this.broker.accepted).containsExactly("long: " + TEXT);
		assertThat(this.slow.states.stream().filter(StreamState.QOS_ACK_REMOTE::equals)).hasSize(1);
		assertThat(this.slow.states).doesNotContain(StreamState.QOS_NACK_REMOTE);
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "2, 3", "2, 5" })
	void nobodyCanSendAgainWhatHasBeenPassedOn(int qos, int version) {
		startWith("\"mqtt_version\": " + version + ", \"mqtt_qos\": " + qos);
		this.broker.silent = true;
		begin();
		finish();
		this.broker.silent = false;
		this.broker.keptBack.clear();
		this.executor.inside(() -> this.broker.lose(wire()));
		this.executor.advance(1000);
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED, StreamState.QOS_NACK_REMOTE);
		assertThat(this.broker.accepted).containsExactly("long: " + TEXT);
	}

	@ParameterizedTest
	@CsvSource({ "1, 3, false", "2, 3, false", "2, 5, false", "1, 3, true", "2, 5, true" })
	void oneThatWaitsForOthersWhenTheConnectionIsLostIsRejected(int qos, int version, boolean clean) {
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version + ", \"mqtt_clean_start\": " + clean
				+ ", \"mqtt_topic\": ";
		start(MqttLimits.builder().slotCapacity(3).maxInFlight(1).build(),
				policy(type("slow", keys + "\"long\""), type("out", keys + "\"t\"")));
		this.broker.silent = true;
		this.slow.stream = this.engine.create("slow", this.slow);
		this.executor.run();
		step();
		Recorder out = create("out");
		out.send("abc");
		this.executor.run();
		finish();
		assertThat(this.broker.accepted).containsExactly("t: abc");
		this.broker.silent = false;
		this.broker.keptBack.clear();
		this.executor.inside(() -> this.broker.lose(wire()));
		this.executor.advance(1000);
		assertThat(this.slow.states).endsWith(StreamState.CONNECTED, StreamState.QOS_NACK_REMOTE);
		assertThat(this.broker.accepted).doesNotContain("long: " + TEXT);
		this.slow.at = 0;
		step();
		finish();
		assertThat(this.broker.accepted).contains("long: " + TEXT);
		assertThat(this.slow.states).endsWith(StreamState.QOS_NACK_REMOTE, StreamState.QOS_ACK_REMOTE);
	}

	@Test
	void payloadThatGoesOnIsASignOfLife() {
		startWith("\"mqtt_qos\": 1, \"mqtt_keep_alive\": 10");
		begin();
		for (int i = 0; i < 15; i++) {
			this.executor.advance(9_000);
			step();
		}
		finish();
		assertThat(this.broker.accepted).containsExactly("long: " + TEXT);
		assertThat(this.broker.log).doesNotContain("PINGREQ");
		this.executor.advance(30_000);
		assertThat(this.broker.log).contains("PINGREQ");
		assertThat(this.slow.states).doesNotContain(StreamState.DISCONNECTED);
	}

	@Test
	void whereNothingGoesOnSilenceEndsTheConnection() {
		startWith("\"mqtt_qos\": 1, \"mqtt_keep_alive\": 10");
		begin();
		this.executor.advance(21_000);
		assertThat(this.slow.states).contains(StreamState.DISCONNECTED);
		assertThat(String.valueOf(this.slow.failure)).startsWith("VALIDITY");
		assertThat(this.broker.log).doesNotContain("PINGREQ");
	}

	@Test
	void aBrokenProtocolIsNotToldInTheMiddleOfIt() {
		startWith("\"mqtt_version\": 5, \"mqtt_qos\": 1");
		begin();
		ModelBroker.FakeWire first = wire();
		this.executor.inside(() -> this.broker.send(0xff, 0));
		assertThat(this.slow.states).contains(StreamState.DISCONNECTED);
		assertThat(first.left().toString(StandardCharsets.UTF_8)).endsWith("012");
	}

	@Test
	void aBrokerThatDoesNotWaitForAnswersIsLeft() {
		startWith("\"mqtt_qos\": 1", type("in", "\"mqtt_qos\": 2, \"mqtt_subscribe\": \"t\""));
		Recorder in = create("in");
		begin();
		ByteBuf packets = Unpooled.buffer();
		for (int i = 0; i < 1000; i++) {
			packets.writeBytes(new byte[] { 0x34, 5, 0, 1, 't', 0, 1, 0x62, 2, 0, 1 });
		}
		int[] bytes = new int[packets.readableBytes()];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = packets.getUnsignedByte(i);
		}
		for (int i = 0; i < 70; i++) {
			this.executor.inside(() -> this.broker.send(bytes));
		}
		assertThat(in.received).hasSizeBetween(10_000, 69_000);
		assertThat(in.failures.get(0)).startsWith("PROTOCOL");
	}

	/** Writes three bytes whenever it is asked to. */
	private static final class Slow implements StreamHandler {

		private final List<StreamState> states = new ArrayList<>();

		private Object failure;

		private SecureStream stream;

		private int at;

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			this.states.add(state);
			if (state == StreamState.DISCONNECTED) {
				this.failure = self.lastFailure();
			}
		}

		@Override
		public void onWritable(SecureStream self, TxSlot slot) {
			int end = Math.min(this.at + 3, TEXT.length());
			slot.write(TEXT.substring(this.at, end));
			this.at = end;
			if (end == TEXT.length()) {
				slot.end();
			}
		}

	}

}
