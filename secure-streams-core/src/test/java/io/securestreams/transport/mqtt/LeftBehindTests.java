package io.securestreams.transport.mqtt;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a stream of a kept session is owed that is away while others with the same filter
 * are there.
 */
class LeftBehindTests extends SessionHarness {

	private Recorder leaving;

	private Recorder staying;

	private void connect(int qos) {
		String keys = "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": " + qos;
		start(type("leaving", keys), type("staying", keys), type("new", keys));
		this.leaving = create("leaving");
		this.leaving.slow = true;
		this.staying = create("staying");
		publish(qos, "first");
		assertThat(this.leaving.received).containsExactly("t first");
		// Long after the connection was made
		this.executor.advance(60_000);
	}

	private void publish(int qos, String text) {
		this.executor.inside(() -> this.broker.publish(qos, "t", text));
	}

	private void hangUp(Recorder who) {
		who.stream.hangUp();
		this.executor.run();
		assertThat(who.events).endsWith("DISCONNECTED");
	}

	private void resume() {
		this.leaving.slow = false;
		this.leaving.stream.resumeReceiving();
	}

	private void comeBack() {
		resume();
		this.executor.advance(1000);
		assertThat(this.leaving.events).endsWith("CONNECTED");
	}

	private void assertEachHasHad(String... all) {
		assertThat(this.leaving.received).containsExactly(all);
		assertThat(this.staying.received).containsExactly(all);
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void waitsForItAlthoughOthersSubscribeToTheSame() {
		connect(1);
		publish(1, "second");
		hangUp(this.leaving);
		assertThat(this.broker.outgoing).hasSize(1);
		comeBack();
		assertEachHasHad("t first", "t second");
		assertThat(this.broker.connections()).isOne();
	}

	@Test
	void isForOneInTheSamePlaceIfItDoesNotComeBack() {
		connect(1);
		publish(1, "second");
		this.leaving.stream.close();
		this.executor.run();
		Recorder other = create("new");
		assertThat(this.broker.outgoing).hasSize(1);
		Recorder same = create("leaving");
		this.executor.run();
		assertThat(other.received).isEmpty();
		assertThat(same.received).containsExactly("t second");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void theFirstOnTheNextConnectionDoesNotTakeItFromTheOthers(int qos) {
		connect(qos);
		publish(qos, "second");
		hangUp(this.leaving);
		hangUp(this.staying);
		Recorder other = create("new");
		assertThat(other.events).endsWith("CONNECTED");
		assertThat(this.broker.connections()).isEqualTo(2);
		publish(qos, "third");
		assertThat(other.received).endsWith("t third");
		comeBack();
		this.executor.advance(1000);
		assertThat(this.leaving.received).containsExactly("t first", "t second", "t third");
		// It has had the second one, which cannot be known of QoS 1
		assertThat(this.staying.received).containsSubsequence("t first", "t second", "t third")
			.hasSize((qos == 2) ? 3 : 4);
		assertThat(this.broker.outgoing).isEmpty();
	}

	@Test
	void isSubscribedToAsLongAsItIsExpectedBack() {
		String two = type("two", "\"mqtt_subscribe\": \"b\", \"mqtt_qos\": 1").replace("\"r\"", "\"patient\"");
		start(type("one", "\"mqtt_subscribe\": \"a\", \"mqtt_qos\": 1"), two);
		Recorder one = create("one");
		Recorder later = create("two");
		hangUp(later);
		hangUp(one);
		this.executor.advance(5000);
		assertThat(one.events).endsWith("CONNECTED");
		this.executor.inside(() -> this.broker.publish(1, "b", "x"));
		assertThat(this.broker.outgoing).hasSize(1);
		this.executor.advance(4000);
		assertThat(later.received).containsExactly("b x");
		assertThat(this.broker.outgoing).isEmpty();
		later.stream.close();
		this.executor.advance(11_000);
		assertThat(this.broker.log).containsOnlyOnce("UNSUBSCRIBE b");
	}

	@Test
	void isNotTakenForReceivedIfTheConnectionIsLostMeanwhile() {
		connect(2);
		publish(2, "second");
		hangUp(this.leaving);
		this.executor.inside(() -> this.broker.lose(wire()));
		comeBack();
		this.executor.advance(1000);
		assertEachHasHad("t first", "t second");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void isGivenAgainIfTheHandlerHasFailedAtItInItsOwnTime(int qos) {
		start(type("leaving", "\"mqtt_subscribe\": \"t\", \"mqtt_qos\": " + qos));
		this.leaving = create("leaving");
		this.leaving.slow = true;
		publish(qos, "first");
		this.leaving.slow = false;
		this.leaving.stream.fail(new IllegalStateException("handler"));
		this.leaving.stream.resumeReceiving();
		this.executor.advance(1000);
		assertThat(this.leaving.events).endsWith("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED");
		assertThat(this.leaving.received).containsExactly("t first", "t first");
		assertThat(this.broker.outgoing).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1, hangUp", "2, hangUp", "1, disconnect", "2, disconnect", "1, close", "2, close" })
	void isNotKeptIfTheHandlerLeavesWithIt(int qos, String how) {
		connect(qos);
		resume();
		this.executor.run();
		this.leaving.then = switch (how) {
			case "hangUp" -> SecureStream::hangUp;
			case "disconnect" -> SecureStream::disconnect;
			default -> SecureStream::close;
		};
		publish(qos, "second");
		this.executor.run();
		assertEachHasHad("t first", "t second");
		// What was read is in the hands of the test's broker still
		assertThat(this.leaving.content).extracting(ByteBuf::refCnt).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "1, hangUp", "2, hangUp", "1, disconnect", "2, disconnect", "1, close", "2, close" })
	void isNotKeptIfTheHandlerHasPausedToLeaveWithIt(int qos, String how) {
		connect(qos);
		resume();
		this.executor.run();
		// As a handler on another thread does that is done before the loop has seen it
		this.leaving.then = (self) -> {
			self.pauseReceiving();
			switch (how) {
				case "hangUp" -> self.hangUp();
				case "disconnect" -> self.disconnect();
				default -> self.close();
			}
		};
		publish(qos, "second");
		this.executor.run();
		this.leaving.then = SecureStream::resumeReceiving;
		settle();
		assertEachHasHad("t first", "t second");
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "2, false", "1, true", "2, true" })
	void isGivenAgainIfTheHandlerHasFailedAtItAlthoughOthersStay(int qos, boolean late) {
		connect(qos);
		resume();
		this.executor.run();
		this.leaving.slow = late;
		this.leaving.failing = !late;
		publish(qos, "second");
		this.leaving.slow = false;
		this.leaving.failing = false;
		if (late) {
			this.leaving.stream.fail(new IllegalStateException("handler"));
		}
		this.executor.run();
		assertThat(this.leaving.events).endsWith("DISCONNECTED");
		assertThat(this.broker.outgoing).hasSize(1);
		comeBack();
		assertThat(this.leaving.received).containsExactly("t first", "t second", "t second");
		assertThat(this.staying.received).containsExactly("t first", "t second");
		assertThat(this.broker.outgoing).isEmpty();
		assertThat(this.broker.connections()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void isGivenOnceIfItWasStillComing(boolean early) {
		connect(1);
		this.executor.inside(() -> {
			this.broker.outgoing.put(9, new ModelBroker.Out(1, "t", "ab", false, false, 0));
			this.broker.begin(0x32, 7, 0, 1, 't', 0, 9, 'a');
		});
		hangUp(this.leaving);
		if (early) {
			resume();
			this.executor.advance(1000);
		}
		this.executor.inside(() -> this.broker.finish('b'));
		assertThat(this.staying.received).containsExactly("t first", "t ab");
		comeBack();
		assertEachHasHad("t first", "t ab");
		assertThat(this.broker.connections()).isOne();
	}

}
