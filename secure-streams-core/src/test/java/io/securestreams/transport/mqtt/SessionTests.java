package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.local.StreamEngine;
import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a session with a broker promises, whatever the network does.
 */
class SessionTests extends SessionHarness {

	@Test
	void acknowledgesOnlyWhatTheHandlerHasHad() {
		start(type("in", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 1"));
		Recorder in = create("in");
		in.slow = true;
		this.executor.inside(() -> this.broker.publish(1, "t", "a"));
		assertThat(in.received).containsExactly("t a");
		assertThat(this.broker.outgoing).hasSize(1);
		in.stream.resumeReceiving();
		this.executor.run();
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void tellsTheOrdinalWhateverTheOrderOfAnswers() {
		this.broker.silent = true;
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 1"));
		Recorder out = create("out");
		out.send("a");
		out.send("b");
		out.send("c");
		this.executor.run();
		assertThat(out.acknowledged).isEmpty();
		while (!this.broker.keptBack.isEmpty()) {
			this.executor.inside(this.broker.keptBack.removeLast());
		}
		assertThat(out.acknowledged).containsExactly(2L, 1L, 0L);
	}

	@Test
	void holdsSlotsBackWhileTooMuchIsUnderWay() {
		this.broker.silent = true;
		start(MqttLimits.builder().maxInFlight(2).build(),
				policy(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 2")));
		Recorder out = create("out");
		for (int i = 0; i < 5; i++) {
			out.send("m" + i);
		}
		this.executor.run();
		assertThat(this.broker.accepted).hasSize(2);
		this.broker.silent = false;
		while (!this.broker.keptBack.isEmpty()) {
			this.executor.inside(this.broker.keptBack.remove());
		}
		assertThat(this.broker.accepted).hasSize(5);
		assertThat(out.acknowledged).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
	}

	@Test
	void whatIsUnderWaySurvivesAPolicySwap() {
		this.broker.silent = true;
		String keys = "\"mqtt_topic\": \"t\", \"mqtt_qos\": 2, \"mqtt_keep_alive\": ";
		StreamEngine running = start(type("out", keys + "60"));
		Recorder out = create("out");
		out.send("a");
		this.executor.run();
		running.updatePolicy((before) -> policy(type("out", keys + "90")));
		this.executor.inside(() -> this.broker.lose(wire()));
		this.broker.silent = false;
		settle();
		assertThat(out.acknowledged).containsExactly(0L);
		assertThat(this.broker.accepted).containsExactly("t: a");
		assertThat(this.broker.log).contains("PUBLISH 1 DUP t: a");
	}

	@Test
	void tellsWhatIsLostWithASessionThatStartsAfresh() {
		this.broker.silent = true;
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": 1, \"mqtt_clean_start\": true"));
		Recorder out = create("out");
		out.send("a");
		this.executor.run();
		this.broker.silent = false;
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(out.rejected).containsExactly(0L);
		assertThat(out.events).endsWith("CONNECTED", "QOS_NACK_REMOTE");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5 })
	void refusalsHaveStatesOfTheirOwn(int code) {
		this.broker.code = code;
		start(type("out", "\"mqtt_topic\": \"t\""));
		Recorder out = create("out");
		String state = (code > 3) ? "AUTH_FAILED" : "UNREACHABLE";
		assertThat(out.events).containsExactly("CREATING", "CONNECTING", state);
		this.broker.code = 0;
		settle();
		assertThat(out.events).endsWith("CONNECTED");
	}

	@Test
	void aRefusedSubscriptionIsAFailedAttempt() {
		this.broker.granted = 0x80;
		start(type("in", "\"mqtt_subscribe\": \"t\""), type("out", "\"mqtt_topic\": \"t\""));
		Recorder out = create("out");
		Recorder in = create("in");
		assertThat(in.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(out.events).containsExactly("CREATING", "CONNECTING", "CONNECTED");
	}

	@Test
	void subscriptionsAreSharedAndLastAsLongAsTheirStreams() {
		start(type("one", "\"mqtt_subscribe\": \"t\""), type("two", "\"mqtt_subscribe\": \"t\""),
				type("out", "\"mqtt_topic\": \"t\""));
		create("out");
		Recorder one = create("one");
		Recorder two = create("two");
		// Once more for messages that are retained
		assertThat(this.broker.log).filteredOn("SUBSCRIBE t 0"::equals).hasSize(2);
		assertThat(this.broker.log).containsOnlyOnce("CONNECT");
		one.stream.close();
		settle();
		this.executor.inside(() -> this.broker.publish(0, "t", "a"));
		assertThat(two.received).containsExactly("t a");
		assertThat(this.broker.log).doesNotContain("UNSUBSCRIBE t");
		two.stream.close();
		settle();
		assertThat(this.broker.log).endsWith("UNSUBSCRIBE t");
	}

	@Test
	void messagesOfAKeptSessionWaitForTheirStream() {
		start(type("in", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 1"), type("out", "\"mqtt_topic\": \"t\""));
		Recorder in = create("in");
		in.stream.close();
		settle();
		this.broker.outgoing.put(7, new ModelBroker.Out(1, "t", "kept", false, false, 0));
		create("out");
		assertThat(this.broker.outgoing).hasSize(1);
		Recorder again = create("in");
		this.executor.run();
		assertThat(again.received).containsExactly("t kept");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void eachStreamThatAMessageIsForReadsItForItself() {
		start(type("one", "\"mqtt_subscribe\": \"t\""), type("two", "\"mqtt_subscribe\": \"t\""));
		List<ByteBuf> kept = new ArrayList<>();
		for (String name : List.of("one", "two")) {
			Objects.requireNonNull(this.engine).create(name, new StreamHandler() {
				@Override
				public void onReceive(SecureStream stream, Payload payload) {
					kept.add(payload.content().retain());
				}
			});
			this.executor.run();
		}
		this.executor.inside(() -> this.broker.publish(0, "t", "abc"));
		assertThat(kept).hasSize(2).allSatisfy((content) -> {
			assertThat(content.readCharSequence(3, StandardCharsets.UTF_8)).hasToString("abc");
			content.release();
		});
	}

	@Test
	void aStreamThatIsPausedDoesNotKeepOthersFromReceiving() {
		start(MqttLimits.builder().maxHeld(100).build(),
				policy(type("slow", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 1"),
						type("fast", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": 1")));
		Recorder slow = create("slow");
		Recorder fast = create("fast");
		slow.slow = true;
		for (int i = 0; i < 20; i++) {
			String text = "message " + i + "x".repeat(20);
			this.executor.inside(() -> this.broker.publish(1, "t", text));
		}
		assertThat(fast.received).hasSize(20);
		assertThat(slow.received).hasSize(1);
		// It is told, and comes back
		assertThat(slow.events).contains("DISCONNECTED");
	}

	@Test
	void asksASilentBrokerForASignOfLifeAndGivesItUp() {
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_keep_alive\": 10"));
		Recorder out = create("out");
		this.executor.advance(60_000);
		assertThat(this.broker.log).contains("PINGREQ");
		assertThat(out.events).endsWith("CONNECTED");
		this.broker.silent = true;
		this.executor.advance(20_500);
		assertThat(out.events).contains("DISCONNECTED");
		assertThat(out.failures).anyMatch((failure) -> failure.startsWith("VALIDITY"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ff", "00", "10 00", "82 00", "30 01 00", "30 ff ff ff ff 01", "36 05 00 01 61 00 01",
			"32 05 00 01 61 00 00", "32 03 00 05 61", "30 03 00 01 2b", "30 02 00 00", "30 04 00 02 c3 28", "d0 01 00",
			"20 02 00 00", "e0 00", "40 03 00 01 00" })
	void aBrokerThatBreaksTheProtocolIsLeft(String bytes) {
		start(type("in", "\"mqtt_subscribe\": \"t\""));
		Recorder in = create("in");
		int[] packet = java.util.Arrays.stream(bytes.split(" "))
			.mapToInt((each) -> Integer.parseInt(each, 16))
			.toArray();
		this.executor.inside(() -> this.broker.send(packet));
		assertThat(in.events).endsWith("CONNECTED", "DISCONNECTED");
		assertThat(in.failures).last().asString().startsWith("PROTOCOL");
		settle();
		assertThat(in.events).endsWith("CONNECTED");
	}

	@Test
	void answersToNothingAreBornButNotForEver() {
		start(MqttLimits.builder().maxUseless(100).build(), policy(type("out", "\"mqtt_topic\": \"t\"")));
		Recorder out = create("out");
		for (int i = 0; i < 100; i++) {
			this.executor.inside(() -> this.broker.send(0x40, 2, 0, 9));
		}
		assertThat(out.events).endsWith("CONNECTED");
		this.executor.inside(() -> this.broker.send(0x40, 2, 0, 9));
		assertThat(out.events).endsWith("DISCONNECTED");
	}

	@ParameterizedTest
	@CsvSource({ "1, 3, false", "2, 5, false", "1, 3, true", "0, 5, true" })
	void aLongMessageInFrontOfTheAnswerToSubscribeIsReceived(int qos, int version, boolean birth) {
		start(MqttLimits.builder().maxHeld(20).build(),
				policy(type("in",
						"\"mqtt_subscribe\": \"t\", \"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version + (birth
								? ", \"mqtt_birth_topic\": \"b\", \"mqtt_birth_message\": \"x\", \"mqtt_birth_qos\": 1"
								: ""))));
		this.broker.silent = true;
		Recorder in = create("in");
		assertThat(in.events).doesNotContain("CONNECTED");
		this.executor.inside(() -> this.broker.publish(qos, "t", "x".repeat(10)));
		assertThat(in.events).doesNotContain("CONNECTED");
		this.executor.inside(() -> this.broker.publish(qos, "t", "y".repeat(100)));
		this.executor.run();
		assertThat(in.received).containsExactly("t " + "x".repeat(10), "t " + "y".repeat(100));
		assertThat(wire().reading).isTrue();
		this.broker.silent = false;
		this.executor.inside(() -> this.broker.keptBack.forEach(Runnable::run));
		settle();
		assertThat(this.broker.accepted).hasSize(birth ? 1 : 0);
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(in.events).containsOnlyOnce("CONNECTED").endsWith("CONNECTED");
	}

	@Test
	void birthComesBeforeTheStreamIsConnected() {
		this.broker.silent = true;
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_birth_topic\": \"born\", \"mqtt_birth_message\": \"here\","
				+ " \"mqtt_birth_qos\": 1, \"mqtt_birth_retain\": true"));
		Recorder out = create("out");
		assertThat(this.broker.log).endsWith("PUBLISH 1 RETAIN born: here");
		assertThat(out.events).endsWith("CONNECTING");
		this.executor.inside(this.broker.keptBack.remove());
		assertThat(out.events).endsWith("CONNECTED");
	}

	@Test
	void whatLeavesWhileOthersWaitToHaveLeftIsConfirmedAsWell() {
		start(type("out", "\"mqtt_topic\": \"t\""));
		Recorder out = create("out");
		wire().slow = true;
		for (String text : new String[] { "a", "b", "c" }) {
			out.send(text);
			this.executor.run();
		}
		assertThat(out.acknowledged).isEmpty();
		this.executor.inside(wire().departing.remove());
		assertThat(out.acknowledged).containsExactly(0L);
		this.executor.inside(wire().departing.remove());
		assertThat(out.acknowledged).containsExactly(0L, 1L, 2L);
		assertThat(wire().departing).isEmpty();
	}

}
