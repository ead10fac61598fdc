package io.securestreams.transport.mqtt;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of a kept session for a stream that is away for long, while others go on with
 * the connection.
 */
class AwayTests extends SessionHarness {

	/** Longer than anything is waited for. */
	private static final long LONG = 70_000;

	/** So many the broker may have to wait for. */
	private static final int UNACKNOWLEDGED = 5;

	private Recorder away;

	private Recorder other;

	private void connect(int qos, String filter, MqttLimits limits) {
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_subscribe\": ";
		start(limits, policy(type("away", keys + "\"t\""), type("other", keys + "\"" + filter + "\"")));
		this.away = create("away");
		this.other = create("other");
		this.executor.advance(LONG);
	}

	private void connect(int qos, String filter) {
		connect(qos, filter, MqttLimits.DEFAULTS);
	}

	private void publish(int qos, String topic, String text) {
		this.executor.inside(() -> this.broker.publish(qos, topic, text));
	}

	private void publishMany(int qos, int from, int to) {
		IntStream.range(from, to).forEach((number) -> publish(qos, "t", "m" + number));
	}

	private static List<String> many(int count) {
		return IntStream.range(0, count).mapToObj((number) -> "t m" + number).toList();
	}

	private void goAway() {
		this.away.slow = false;
		this.away.stream.disconnect();
		this.away.stream.resumeReceiving();
		this.executor.run();
		assertThat(this.away.events).endsWith("DISCONNECTED");
	}

	private void comeBack() {
		this.away.stream.connect();
		settle();
		assertThat(this.away.events).endsWith("CONNECTED");
	}

	@ParameterizedTest
	@CsvSource({ "1, u", "2, u", "1, t", "2, t" })
	void whatComesWhileItIsAwayWaitsForIt(int qos, String filter) {
		connect(qos, filter);
		goAway();
		publish(qos, "t", "a");
		assertThat(this.broker.outgoing).hasSize(1);
		comeBack();
		assertThat(this.away.received).containsExactly("t a");
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.other.received).hasSize(filter.equals("t") ? 1 : 0);
		assertThat(this.broker.connections()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "1, u", "2, u", "1, t", "2, t" })
	void whatItHasNotHadIsNotAcknowledgedHoweverLongItIsAway(int qos, String filter) {
		connect(qos, filter);
		this.away.slow = true;
		publishMany(qos, 0, 3);
		goAway();
		publishMany(qos, 3, 5);
		this.executor.advance(LONG);
		assertThat(this.broker.outgoing).hasSize(4);
		publish(qos, filter, "later");
		assertThat(this.other.received).endsWith(filter + " later");
		assertThat(this.broker.outgoing).hasSize(4);
		comeBack();
		assertThat(this.away.received).containsExactlyElementsOf(many(5));
		assertThat(this.broker.outgoing).isEmpty();
		publish(qos, "t", "last");
		assertThat(this.away.received).endsWith("t last");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whatTheHandlerHasNotHadComesWithTheNextConnectionOfAnotherLife(int qos) {
		connect(qos, "u");
		this.away.slow = true;
		publishMany(qos, 0, 3);
		goAway();
		this.executor.advance(LONG);
		this.executor.inside(() -> this.broker.lose(wire()));
		end();
		connect(qos, "u");
		assertThat(this.away.received).containsExactly("t m1", "t m2");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, u", "2, u", "1, t", "2, t" })
	void theBrokerDoesNotWaitForMoreThanAFew(int qos, String filter) {
		connect(qos, filter);
		this.away.slow = true;
		publishMany(qos, 0, 10);
		goAway();
		publishMany(qos, 10, 20);
		assertThat(this.broker.outgoing).hasSize(19);
		this.executor.advance(LONG);
		assertThat(this.broker.outgoing).hasSize(UNACKNOWLEDGED);
		comeBack();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, u", "2, u", "1, t", "2, t" })
	void whatWaitsSurvivesTheConnectionOfTheOthers(int qos, String filter) {
		connect(qos, filter);
		this.away.slow = true;
		publishMany(qos, 0, 20);
		goAway();
		this.executor.advance(LONG);
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(this.other.events).endsWith("CONNECTED");
		assertThat(this.broker.connections()).isEqualTo(2);
		this.executor.advance(LONG);
		comeBack();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void aSlowOtherIsNotTakenForOneThatHasHadIt() {
		connect(2, "t");
		this.away.slow = true;
		this.other.slow = true;
		publishMany(2, 0, 20);
		goAway();
		this.executor.advance(LONG);
		// The other one holds all of them back
		assertThat(this.broker.outgoing).hasSize(20);
		this.executor.inside(() -> this.broker.lose(wire()));
		this.other.slow = false;
		this.other.stream.resumeReceiving();
		settle();
		comeBack();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.other.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void nothingIsKeptForItAnyMoreAfterAWhile() {
		connect(1, "u");
		goAway();
		this.executor.advance(5000);
		assertThat(this.broker.log).doesNotContain("UNSUBSCRIBE t");
		this.executor.advance(LONG);
		assertThat(this.broker.log).containsOnlyOnce("UNSUBSCRIBE t");
		assertThat(this.broker.subscriptions).containsOnlyKeys("u");
		comeBack();
		assertThat(this.broker.subscriptions).containsOnlyKeys("u", "t");
	}

	@Test
	void othersDoNotWaitForOneThatHasBeenAwayForLong() {
		connect(1, "t");
		goAway();
		this.executor.advance(LONG);
		publishMany(1, 0, 20);
		assertThat(this.other.received).hasSize(20);
		assertThat(this.broker.outgoing).isEmpty();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		publishMany(1, 20, 40);
		assertThat(this.broker.outgoing).isEmpty();
		comeBack();
		assertThat(this.away.received).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nobodyWaitsForOneThatIsClosed(int qos) {
		connect(qos, "u");
		this.away.slow = true;
		publishMany(qos, 0, 20);
		goAway();
		this.executor.advance(LONG);
		assertThat(this.broker.outgoing).hasSize(UNACKNOWLEDGED);
		this.away.stream.close();
		this.executor.advance(LONG);
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(create("away").received).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whatIsTooMuchToHoldLeavesTheBrokerRoom(int qos) {
		connect(qos, "u", MqttLimits.builder().maxHeld(40).build());
		goAway();
		publishMany(qos, 0, 40);
		this.executor.advance(LONG);
		assertThat(this.broker.outgoing).hasSize(UNACKNOWLEDGED);
		publish(qos, "u", "x");
		assertThat(this.other.received).endsWith("u x");
		comeBack();
		assertThat(this.away.received).startsWith("t m0", "t m1", "t m2", "t m3").isSubsetOf(many(40));
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		// The last ones come with the next connection
		assertThat(this.away.received).endsWith("t m39").doesNotHaveDuplicates();
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.broker.connections()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "2, false", "1, true", "2, true" })
	void aHandlerThatAlwaysFailsDoesNotStopTheOthers(int qos, boolean lost) {
		connect(qos, "u");
		this.away.failing = true;
		publishMany(qos, 0, 3);
		for (int i = 0; i < 30; i++) {
			publish(qos, "u", "x" + i);
			this.executor.advance(150);
		}
		assertThat(this.other.received).hasSize(30);
		assertThat(this.broker.outgoing).hasSize(3);
		if (lost) {
			this.executor.inside(() -> this.broker.lose(wire()));
		}
		this.away.received.clear();
		this.away.failing = false;
		settle();
		assertThat(this.away.received).containsExactlyElementsOf(many(3));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whoIsThereAgainBeforeTheEndOfAMessageHasItOnce(int qos) {
		connect(qos, "u");
		goAway();
		this.executor.inside(() -> {
			this.broker.outgoing.put(9, new ModelBroker.Out(qos, "t", "ab", false, false, 0));
			this.broker.begin(0x30 | qos << 1, 7, 0, 1, 't', 0, 9, 'a');
		});
		this.away.stream.connect();
		settle();
		this.executor.inside(() -> this.broker.finish('b'));
		settle();
		assertThat(this.away.received).containsExactly("t ab");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void theLastOneToLeaveTakesNothingWithIt() {
		connect(1, "u");
		this.away.slow = true;
		publishMany(1, 0, 20);
		goAway();
		this.executor.advance(LONG);
		this.other.stream.disconnect();
		settle();
		assertThat(this.broker.log).endsWith("DISCONNECT");
		this.executor.advance(LONG);
		comeBack();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void nothingIsLeftInMemoryOfStreamsThatAreGone(boolean last) {
		connect(1, "u");
		this.away.slow = true;
		publishMany(1, 0, 20);
		goAway();
		this.executor.advance(LONG);
		this.other.stream.close();
		if (last) {
			this.executor.advance(LONG);
		}
		this.away.stream.close();
		this.executor.advance(LONG);
		// Leaks are looked for
		assertThat(this.away.events).endsWith("DESTROYING");
	}

	@Test
	void afterHangingUpWithoutAMessageInHandNothingIsLostEither() {
		connect(1, "t");
		this.away.stream.hangUp();
		publish(1, "t", "a");
		settle();
		assertThat(this.away.received).containsExactly("t a");
		assertThat(this.other.received).containsExactly("t a");
		SecureStream stream = this.other.stream;
		stream.hangUp();
		publish(1, "t", "b");
		settle();
		assertThat(this.other.received).containsExactly("t a", "t b");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void theBrokerWaitsAtStartUntilMoreStreamsHaveCome(int qos) {
		connect(qos, "u", MqttLimits.builder().maxHeld(40).build());
		this.away.stream.disconnect();
		this.other.stream.disconnect();
		settle();
		publishMany(qos, 0, 20);
		end();
		MqttLimits limits = MqttLimits.builder().maxHeld(40).build();
		String keys = "\"mqtt_qos\": " + qos + ", \"mqtt_subscribe\": ";
		start(limits, policy(type("away", keys + "\"t\""), type("other", keys + "\"u\"")));
		this.other = create("other");
		assertThat(wire().reading).isFalse();
		this.away = create("away");
		assertThat(wire().reading).isTrue();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void theBrokerDoesNotWaitForeverForStreamsThatDoNotCome(int qos) {
		connect(qos, "u", MqttLimits.builder().maxHeld(40).build());
		this.away.stream.disconnect();
		this.other.stream.disconnect();
		settle();
		publishMany(qos, 0, 20);
		end();
		start(MqttLimits.builder().maxHeld(40).build(),
				policy(type("other", "\"mqtt_subscribe\": \"u\", \"mqtt_qos\": " + qos)));
		this.other = create("other");
		assertThat(wire().reading).isFalse();
		this.executor.advance(LONG);
		assertThat(wire().reading).isTrue();
		assertThat(this.broker.outgoing).isEmpty();
		publish(qos, "u", "x");
		assertThat(this.other.received).containsExactly("u x");
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "2, false", "1, true", "2, true" })
	void whatWaitsInMemoryIsNotLostIfItLeavesAgain(int qos, boolean lost) {
		connect(qos, "u");
		this.away.slow = true;
		publishMany(qos, 0, 20);
		goAway();
		this.executor.advance(LONG);
		this.away.slow = true;
		comeBack();
		assertThat(this.away.received).containsExactly("t m0", "t m1");
		this.away.slow = false;
		if (lost) {
			this.executor.inside(() -> this.broker.lose(wire()));
		}
		else {
			this.away.stream.hangUp();
		}
		this.away.stream.resumeReceiving();
		settle();
		assertThat(this.away.received).containsExactlyElementsOf(many(20));
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, true", "2, true", "1, false", "2, false" })
	void oneThatIsEndedByTheHandlerOfAnotherMissesNothing(int qos, boolean first) {
		connect(qos, "t");
		// The first on the connection is the first to get a message
		Recorder ending = first ? this.away : this.other;
		Recorder ended = first ? this.other : this.away;
		ending.then = (self) -> {
			ending.then = (next) -> {
			};
			ended.stream.hangUp();
		};
		publishMany(qos, 0, 3);
		settle();
		assertThat(ending.received).containsExactlyElementsOf(many(3));
		assertThat(ended.received).containsExactlyElementsOf(many(3));
		assertThat(this.broker.outgoing).isEmpty();
	}

}
