package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.MqttLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages that nobody answers: each that has been handed over has one verdict, once the
 * stream has a connection to be told it.
 */
class UnansweredMessageTests extends SessionHarness {

	private static final MqttLimits TINY = MqttLimits.builder().slotCapacity(3).maxCollected(10).build();

	private CompletableFuture<Long> send(Recorder from, String text) {
		CompletableFuture<Long> sent = from.stream.send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.executor.run();
		return sent;
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatHasNotLeftWithItsConnectionIsRejected(boolean clean) {
		start(type("out", "\"mqtt_topic\": \"t\", \"mqtt_clean_start\": " + clean));
		Recorder out = create("out");
		CompletableFuture<Long> left = send(out, "a");
		wire().slow = true;
		CompletableFuture<Long> lost = send(out, "b");
		assertThat(List.of(left.join(), lost.join())).containsExactly(0L, 1L);
		assertThat(out.acknowledged).containsExactly(0L);
		this.executor.inside(() -> this.broker.lose(wire()));
		assertThat(out.events).endsWith("QOS_ACK_REMOTE", "DISCONNECTED");
		settle();
		assertThat(out.events).endsWith("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED", "QOS_NACK_REMOTE");
		assertThat(out.rejected).containsExactly(1L);
		assertThat(send(out, "c").join()).isEqualTo(2);
		assertThat(out.acknowledged).containsExactly(0L, 2L);
		assertThat(out.rejected).hasSize(1);
	}

	@Test
	void whatLeavesAfterItsStreamHasIsAcknowledged() {
		start(type("out", "\"mqtt_topic\": \"t\""), type("other", "\"mqtt_topic\": \"u\""));
		Recorder out = create("out");
		create("other");
		wire().slow = true;
		send(out, "a");
		out.stream.disconnect();
		this.executor.run();
		assertThat(out.events).endsWith("CONNECTED", "DISCONNECTED");
		this.executor.inside(() -> wire().departing.remove().run());
		assertThat(out.acknowledged).isEmpty();
		out.stream.connect();
		settle();
		assertThat(this.broker.connections()).isOne();
		assertThat(this.broker.accepted).containsExactly("t: a");
		assertThat(out.events).endsWith("CONNECTING", "CONNECTED", "QOS_ACK_REMOTE");
		assertThat(out.acknowledged).containsExactly(0L);
		assertThat(out.rejected).isEmpty();
	}

	@Test
	void whoIsGoneIsToldNothing() {
		start(type("out", "\"mqtt_topic\": \"t\""), type("other", "\"mqtt_topic\": \"u\""));
		Recorder out = create("out");
		Recorder other = create("other");
		wire().slow = true;
		send(out, "a");
		send(other, "b");
		out.stream.close();
		this.executor.run();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(out.events).endsWith("CONNECTED", "DISCONNECTED", "DESTROYING");
		assertThat(other.rejected).containsExactly(0L);
	}

	@ParameterizedTest
	@CsvSource({ "0, true", "1, true", "2, true", "0, false", "1, false", "2, false" })
	void aStreamCanEndAfterALongMessageOfItsHasBeenCut(int qos, boolean clean) {
		String keys = "\"mqtt_topic\": \"t\", \"mqtt_qos\": " + qos + ", \"mqtt_clean_start\": " + clean;
		start(TINY, policy(type("out", keys)));
		Recorder out = create("out", "abcdefghijklmn");
		out.stream.requestTx(14);
		this.executor.run();
		assertThat(wire().left().isReadable()).isTrue();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(out.events).endsWith("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED");
		this.engine.updatePolicy((before) -> policy(type("another", keys)));
		this.executor.run();
		assertThat(out.events).endsWith("DISCONNECTED", "DESTROYING");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aMessageThatIsShorterThanAnnouncedIsRejected(int qos) {
		start(TINY, policy(type("out", "\"mqtt_topic\": \"t\", \"mqtt_qos\": " + qos)));
		Recorder out = create("out", "ab");
		out.ends = true;
		out.stream.requestTx(14);
		this.executor.run();
		assertThat(out.failures).last().asString().contains("12 bytes too short");
		settle();
		assertThat(out.rejected).containsExactly(0L);
		assertThat(this.broker.accepted).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void aMessageThatCannotBePublishedIsRejectedAlsoIfItsHandlerHangsUp(int qos) {
		start(type("out", "\"mqtt_topic\": \"a/${topic}\", \"mqtt_qos\": " + qos));
		Recorder out = create("out", "ab");
		out.ends = true;
		out.hangsUp = true;
		out.stream.metadata().set("topic", "#");
		out.stream.requestTx();
		settle();
		assertThat(out.events).endsWith("DISCONNECTED", "POLL", "CONNECTING", "CONNECTED", "QOS_NACK_REMOTE");
		assertThat(out.rejected).containsExactly(0L);
	}

}
