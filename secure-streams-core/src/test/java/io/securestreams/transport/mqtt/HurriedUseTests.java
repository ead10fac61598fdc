package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Streams of users who write little by little, change their mind in the middle, and send
 * when it is too late.
 */
class HurriedUseTests extends SessionHarness {

	private static final MqttLimits TINY = MqttLimits.builder().slotCapacity(3).build();

	private static String text(char letter) {
		return String.valueOf(letter).repeat(50);
	}

	private Writer write(String name, String text, boolean announces) {
		Writer writer = new Writer(text, announces);
		writer.stream = this.engine.create(name, writer);
		return writer;
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1, false", "2, false", "0, true", "1, true", "2, true" })
	void longMessagesOfTwoStreamsGrowInTurns(int qos, boolean announced) {
		String keys = "\"mqtt_topic\": \"t\", \"mqtt_qos\": " + qos;
		start(announced ? TINY.toBuilder().maxCollected(10).build() : TINY, policy(type("a", keys), type("b", keys)));
		Writer one = write("a", text('a'), announced);
		Writer two = write("b", text('b'), announced);
		this.executor.run();
		assertThat(this.broker.connections()).isOne();
		assertThat(this.broker.accepted).containsExactlyInAnyOrder("t: " + text('a'), "t: " + text('b'));
		assertThat(one.acknowledged).containsExactly(one.ended);
		assertThat(two.acknowledged).containsExactly(two.ended);
	}

	@ParameterizedTest
	@CsvSource({ "0, false, true", "1, false, true", "2, false, true", "0, true, true", "1, true, true",
			"2, true, true", "1, false, false", "2, true, false" })
	void hangingUpInTheMiddleLosesNothingOfOthers(int qos, boolean announced, boolean clean) {
		String keys = "\"mqtt_topic\": \"t\", \"mqtt_qos\": " + qos + ", \"mqtt_clean_start\": " + clean;
		start(announced ? TINY.toBuilder().maxCollected(10).build() : TINY, policy(type("a", keys), type("b", keys)));
		Writer other = new Writer(text('b'), announced);
		Writer leaving = new Writer(text('a'), announced);
		leaving.hangUpAt = 5;
		leaving.stream = this.engine.create("a", leaving);
		other.stream = this.engine.create("b", other);
		this.executor.run();
		settle();
		assertThat(this.broker.accepted).containsOnlyOnce("t: " + text('a')).contains("t: " + text('b'));
		assertThat(this.broker.accepted).allMatch((message) -> message.length() == 53);
		assertThat(leaving.states).containsSubsequence(StreamState.CONNECTED, StreamState.DISCONNECTED,
				StreamState.CONNECTED);
		assertThat(leaving.acknowledged).containsExactly(leaving.ended);
		assertThat(other.acknowledged).contains(other.ended);
	}

	@ParameterizedTest
	@CsvSource({ "1, 3, false", "2, 3, false", "1, 5, false", "2, 5, false", "1, 3, true", "2, 3, true", "1, 5, true",
			"2, 5, true" })
	void eachSendEndsWhenTheBrokerGoesAwayWithoutAnAnswer(int qos, int version, boolean clean) {
		this.broker.silent = true;
		start(MqttLimits.builder().maxInFlight(1).build(), policy(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": "
				+ qos + ", \"mqtt_version\": " + version + ", \"mqtt_clean_start\": " + clean)));
		Recorder out = create("out");
		List<CompletableFuture<Long>> sent = new ArrayList<>();
		for (String text : List.of("a", "b", "c", "d")) {
			sent.add(send(out.stream, text));
		}
		this.executor.run();
		assertThat(this.broker.accepted).containsExactly("t: a");
		this.broker.silent = false;
		this.broker.keptBack.clear();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(sent).allMatch(CompletableFuture::isDone);
		List<Long> good = sent.stream()
			.filter((each) -> !each.isCompletedExceptionally())
			.map(CompletableFuture::join)
			.toList();
		List<Long> told = new ArrayList<>(out.acknowledged);
		told.addAll(out.rejected);
		assertThat(told).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(good);
		if (clean) {
			assertThat(out.rejected).containsExactly(sent.get(0).join());
		}
		else {
			assertThat(out.rejected).isEmpty();
			assertThat(good).hasSize(4);
		}
		assertThat(this.broker.accepted).contains("t: b", "t: c", "t: d");
		if (qos == 2) {
			assertThat(this.broker.accepted).doesNotHaveDuplicates();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void afterDisconnectWhatWaitedHasFailedAndTheNextSendConnects(boolean clean) {
		this.broker.silent = true;
		start(MqttLimits.builder().maxInFlight(1).build(),
				policy(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 1, \"mqtt_clean_start\": " + clean)));
		Recorder out = create("out");
		CompletableFuture<Long> left = send(out.stream, "a");
		CompletableFuture<Long> collected = send(out.stream, "b");
		CompletableFuture<Long> waiting = send(out.stream, "c");
		this.executor.run();
		out.stream.disconnect();
		settle();
		assertThat(left).isCompletedWithValue(0L);
		assertThat(collected).isDone();
		assertThat(waiting).isCompletedExceptionally();
		assertThatExceptionOfType(Exception.class).isThrownBy(waiting::join)
			.withCauseInstanceOf(SendFailedException.class);
		assertThat(out.events).endsWith("DISCONNECTED");
		this.broker.silent = false;
		this.broker.keptBack.clear();
		CompletableFuture<Long> next = send(out.stream, "d");
		settle();
		assertThat(next).isCompleted();
		assertThat(out.acknowledged).contains(next.join());
		assertThat(out.rejected).doesNotContain(next.join());
		assertThat(this.broker.accepted).contains("t: a", "t: d").doesNotContain("t: c");
		// Of each message that has left, one answer
		List<Long> told = new ArrayList<>(out.acknowledged);
		told.addAll(out.rejected);
		assertThat(told).doesNotHaveDuplicates().contains(left.join());
	}

	@Test
	void afterCloseEachSendHasFailed() {
		this.broker.silent = true;
		start(MqttLimits.builder().maxInFlight(1).build(),
				policy(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 2")));
		Recorder out = create("out");
		CompletableFuture<Long> left = send(out.stream, "a");
		List<CompletableFuture<Long>> waiting = List.of(send(out.stream, "b"), send(out.stream, "c"));
		this.executor.run();
		out.stream.close();
		CompletableFuture<Long> before = send(out.stream, "d");
		settle();
		CompletableFuture<Long> after = send(out.stream, "e");
		settle();
		assertThat(left).isCompletedWithValue(0L);
		assertThat(waiting).allMatch(CompletableFuture::isDone);
		for (CompletableFuture<Long> each : List.of(waiting.get(1), before, after)) {
			assertThatExceptionOfType(Exception.class).isThrownBy(each::join)
				.withCauseInstanceOf(StreamClosedException.class);
		}
		assertThat(out.events).endsWith("DISCONNECTED", "DESTROYING");
		assertThat(this.broker.accepted).containsExactly("t: a");
	}

	private static CompletableFuture<Long> send(SecureStream stream, String text) {
		return stream.send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
	}

	/**
	 * Writes one message, three bytes at a time, from the beginning on each connection.
	 */
	private static final class Writer implements StreamHandler {

		private final String text;

		private final boolean announces;

		private final List<Long> acknowledged = new ArrayList<>();

		private final List<StreamState> states = new ArrayList<>();

		private SecureStream stream;

		private int at;

		private int slots;

		private int hangUpAt = -1;

		private long ended = -1;

		Writer(String text, boolean announces) {
			this.text = text;
			this.announces = announces;
		}

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			this.states.add(state);
			if (state == StreamState.CONNECTED && this.ended < 0) {
				this.at = 0;
				if (this.announces) {
					self.requestTx(this.text.length());
				}
				else {
					self.requestTx();
				}
			}
			else if (state == StreamState.QOS_ACK_REMOTE) {
				this.acknowledged.add(ordinal);
			}
		}

		@Override
		public void onWritable(SecureStream self, TxSlot slot) {
			assertThat(slot.capacity()).isEqualTo(3);
			int end = Math.min(this.at + 3, this.text.length());
			slot.write(this.text.substring(this.at, end));
			this.at = end;
			if (end == this.text.length()) {
				slot.end();
				this.ended = slot.ordinal();
			}
			else {
				self.requestTx();
			}
			if (this.slots++ == this.hangUpAt) {
				self.hangUp();
			}
		}

	}

}
