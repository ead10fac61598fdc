package io.securestreams.engine.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a transaction whose attempt fails, and of the message it carried.
 */
class RepeatTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies post() {
		return StreamPolicies.named(EngineFixture.TYPE).http("POST").opportunistic();
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		return stream;
	}

	private CompletableFuture<Long> send(SecureStream stream, String text) {
		CompletableFuture<Long> sent = stream.send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.fixture.loop.run();
		return sent;
	}

	private void slot(int capacity) {
		this.fixture.when(() -> this.fixture.transport().writable(capacity));
	}

	private void lose(StreamFailure failure) {
		this.fixture.loop.inside(() -> this.fixture.transport().lose(failure));
	}

	private static StreamFailure busy() {
		return new StreamFailure(Phase.BUSY, "503", "peer.example:1000", null, false, null);
	}

	private static StreamFailure broken() {
		return StreamFailure.sent(Phase.CONNECTION, "reset", "peer.example:1000", null);
	}

	@Test
	void aMessageGoesOutAgainAsAWhole() {
		SecureStream stream = create(post().retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> sent = send(stream, "pay 10");
		slot(4);
		slot(10);
		assertThat(sent).isNotDone();
		lose(busy());
		assertThat(sent).isNotDone();
		assertThat(this.fixture.after(100)).endsWith("UNREACHABLE", "POLL", "CONNECTING");
		assertThat(this.fixture.transport().link().txRequested()).isTrue();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(6);
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("S:pay @0", "E:10@1", "SE:pay 10@2");
		assertThat(this.fixture.transport().isWriteRequested()).isFalse();
		this.fixture.connected();
		assertThat(this.fixture.when(() -> this.fixture.transport().accepted(2))).containsExactly("QOS_ACK_REMOTE 2");
		assertThat(sent).isCompletedWithValue(2L);
		assertThat(this.fixture.when(() -> this.fixture.transport().complete())).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void theOrdinalIsKnownBeforeTheAnswerIsAnnounced() {
		SecureStream stream = create(post());
		CompletableFuture<Long> sent = send(stream, "x");
		slot(10);
		this.fixture.handler.on(StreamState.QOS_NACK_REMOTE, (self) -> assertThat(sent).isCompletedWithValue(0L));
		this.fixture.connected();
		assertThat(this.fixture.when(() -> this.fixture.transport().rejected(0))).containsExactly("QOS_NACK_REMOTE 0");
	}

	@Test
	void theNextMessageWaitsForTheAnswerToTheFirst() {
		SecureStream stream = create(post());
		send(stream, "one");
		CompletableFuture<Long> second = send(stream, "two");
		slot(10);
		assertThat(this.fixture.transport().isWriteRequested()).isFalse();
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().accepted(0));
		assertThat(this.fixture.transport().isWriteRequested()).isFalse();
		assertThat(this.fixture.when(() -> this.fixture.transport().complete())).containsExactly("DISCONNECTED", "POLL",
				"CONNECTING");
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("SE:one@0", "SE:two@1");
		this.fixture.connected();
		this.fixture.succeeds();
		assertThat(second).isCompletedWithValue(1L);
		this.fixture.loop.assertIdle();
	}

	@Test
	void whatIsAnsweredTooEarlyHasNotBeenSent() {
		SecureStream stream = create(post());
		CompletableFuture<Long> sent = send(stream, "abcdef");
		CompletableFuture<Long> second = send(stream, "next");
		slot(3);
		this.fixture.connected();
		assertThat(this.fixture.when(() -> this.fixture.transport().accepted(0))).containsExactly("QOS_ACK_REMOTE 0");
		assertThat(sent).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(SendFailedException.class)
			.withMessageContaining("answered after 3 of 6 bytes");
		assertThat(second).isNotDone();
		this.fixture.when(() -> this.fixture.transport().offer(10));
		assertThat(this.fixture.transport().written).containsExactly("S:abc@0");
	}

	@Test
	void aMessageFailsWithTheLastRetry() {
		SecureStream stream = create(post().retry(StreamPolicies.retry(1, 100)));
		CompletableFuture<Long> sent = send(stream, "pay 10");
		CompletableFuture<Long> second = send(stream, "pay 20");
		this.fixture.handler.on(StreamState.ALL_RETRIES_FAILED, (self) -> assertThat(sent).isNotDone());
		slot(10);
		lose(busy());
		this.fixture.after(100);
		slot(10);
		this.fixture.handler.take();
		lose(busy());
		assertThat(this.fixture.handler.take()).containsExactly("UNREACHABLE", "ALL_RETRIES_FAILED");
		for (CompletableFuture<Long> message : List.of(sent, second)) {
			assertThat(message).failsWithin(Duration.ZERO)
				.withThrowableThat()
				.havingCause()
				.isInstanceOfSatisfying(SendFailedException.class,
						(ex) -> assertThat(ex.failure()).isEqualTo(stream.lastFailure()));
		}
		this.fixture.when(stream::connect);
		assertThat(this.fixture.transport().link().txRequested()).isFalse();
	}

	@Test
	void whatAHandlerSendsOnTheLastFailureWaitsForTheNextAttempt() {
		SecureStream stream = create(post());
		this.fixture.handler.on(StreamState.ALL_RETRIES_FAILED, (self) -> {
			if (self.snapshot().retryCount() == 1) {
				self.send(new byte[] { 'b' });
			}
		});
		CompletableFuture<Long> sent = send(stream, "a");
		assertThat(this.fixture.fails()).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED",
				"POLL", "CONNECTING");
		assertThat(sent).isCompletedExceptionally();
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("SE:b@0");
	}

	@Test
	void messagesOfOtherKindsFailWithTheLastRetryAsWell() {
		SecureStream stream = create(StreamPolicies.named(EngineFixture.TYPE).ws());
		CompletableFuture<Long> sent = send(stream, "a");
		assertThat(this.fixture.fails()).endsWith("UNREACHABLE", "ALL_RETRIES_FAILED");
		assertThat(sent).isCompletedExceptionally();
	}

	@Test
	void disconnectFailsTheMessageUnderWay() {
		SecureStream stream = create(post().retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> sent = send(stream, "pay 10");
		slot(10);
		this.fixture.when(stream::disconnect);
		assertThat(sent).isCompletedExceptionally();
		this.fixture.loop.assertIdle();
	}

	@Test
	void disconnectFailsWhatWaitsAndNothingThatComesLater() {
		SecureStream stream = create(StreamPolicies.named(EngineFixture.TYPE).ws().retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> waiting = send(stream, "early");
		this.fixture.fails();
		this.fixture.when(stream::disconnect);
		assertThat(waiting).isCompletedExceptionally();
		this.fixture.loop.assertIdle();
		CompletableFuture<Long> early = stream.send(new byte[] { 'a' }).toCompletableFuture();
		stream.disconnect();
		CompletableFuture<Long> late = stream.send(new byte[] { 'b' }).toCompletableFuture();
		this.fixture.loop.run();
		assertThat(early).isCompletedExceptionally();
		assertThat(late).isNotDone();
		this.fixture.connected();
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("SE:b@0");
		assertThat(late).isCompletedWithValue(0L);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatThePeerMayHaveProcessedIsNotRepeated(boolean connected) {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("POST").retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> sent = send(stream, "pay 10");
		slot(10);
		if (connected) {
			this.fixture.connected();
		}
		this.fixture.handler.take();
		lose(broken().withRepeatable(false));
		assertThat(this.fixture.handler.take()).containsExactly(connected ? "DISCONNECTED" : "UNREACHABLE",
				"ALL_RETRIES_FAILED");
		assertThat(sent).isCompletedExceptionally();
		this.fixture.loop.assertIdle();
		// Asked again, it sends what it is given then
		CompletableFuture<Long> again = send(stream, "pay 20");
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("SE:pay 10@0", "SE:pay 20@1");
		this.fixture.connected();
		this.fixture.succeeds();
		assertThat(again).isCompletedWithValue(1L);
	}

	@Test
	void aBodyOfTheHandlerThatMustNotBeRepeatedIsNotWantedAgain() {
		SecureStream stream = create(post().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.onWritable((self, slot) -> slot.write("x").end());
		this.fixture.when(() -> stream.requestTx(1));
		slot(10);
		lose(broken().withRepeatable(false));
		this.fixture.when(stream::connect);
		assertThat(this.fixture.transport().link().txRequested()).isFalse();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aHandlerThatFailsDoesNotMakeThePeerProcessItTwice(boolean repeatable) {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("POST").retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.onReceive((self) -> {
			throw new IllegalStateException("handler");
		});
		CompletableFuture<Long> sent = send(stream, "pay 10");
		slot(10);
		this.fixture.transport().repeatable = repeatable;
		this.fixture.connected();
		this.fixture.handler.take();
		this.fixture.loop.inside(() -> this.fixture.transport().receive("answer"));
		if (repeatable) {
			assertThat(this.fixture.after(100)).containsExactly("rx[SE] answer", "DISCONNECTED", "POLL", "CONNECTING");
		}
		else {
			assertThat(this.fixture.handler.take()).containsExactly("rx[SE] answer", "DISCONNECTED",
					"ALL_RETRIES_FAILED");
			assertThat(sent).isCompletedExceptionally();
		}
	}

	@Test
	void whatIsProvablyUnsentIsRepeated() {
		SecureStream stream = create(post().retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> sent = send(stream, "pay 10");
		slot(10);
		lose(StreamFailure.unsent(Phase.CONNECTION, "refused", "peer.example:1000", null).withRepeatable(false));
		assertThat(this.fixture.after(100)).endsWith("UNREACHABLE", "POLL", "CONNECTING");
		slot(10);
		assertThat(this.fixture.transport().written).containsExactly("SE:pay 10@0", "SE:pay 10@1");
		assertThat(sent).isNotDone();
	}

	@Test
	void anAnswerThatBreaksOffIsNoSuccess() {
		create(StreamPolicies.named(EngineFixture.TYPE)
			.http("GET")
			.nailedUp()
			.retry(StreamPolicies.retry(2, 100, 200)));
		this.fixture.connected();
		this.fixture.handler.take();
		lose(broken());
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(100);
		this.fixture.after(100);
		this.fixture.connected();
		lose(broken());
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(200);
		this.fixture.after(200);
		this.fixture.connected();
		this.fixture.handler.take();
		lose(broken());
		assertThat(this.fixture.handler.take()).containsExactly("DISCONNECTED", "ALL_RETRIES_FAILED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void aCompletedTransactionStartsCountingAnew() {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("GET").nailedUp().retry(StreamPolicies.retry(2, 100)));
		this.fixture.fails();
		this.fixture.after(100);
		this.fixture.connected();
		assertThat(stream.snapshot().retryCount()).isEqualTo(1);
		this.fixture.succeeds();
		assertThat(stream.snapshot().retryCount()).isZero();
	}

	@Test
	void aRequestThatTakesNoBodyDoesNotRepeatForEver() {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("GET").retry(StreamPolicies.retry(2, 100)));
		CompletableFuture<Long> sent = send(stream, "x");
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(sent).isCompletedExceptionally();
		this.fixture.loop.assertIdle();
	}

}
