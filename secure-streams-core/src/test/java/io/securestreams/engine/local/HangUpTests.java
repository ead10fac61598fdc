package io.securestreams.engine.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Dropping a connection and leaving the rest to the policy, which is what DISCONNECT_ME
 * means in libwebsockets, beside dropping it for good.
 */
class HangUpTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies raw() {
		return StreamPolicies.named(EngineFixture.TYPE).retry(StreamPolicies.retry(5, 100));
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		return this.fixture.create();
	}

	@Test
	void aConnectedStreamTakesTheRetryPath() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("DISCONNECTED");
		assertThat(this.fixture.transport().isBusy()).isFalse();
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.APPLICATION);
		assertThat(this.fixture.after(99)).isEmpty();
		assertThat(this.fixture.after(1)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void anOpportunisticStreamStaysDown() {
		SecureStream stream = create(raw().opportunistic());
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void anAttemptFailsAndIsRepeated() {
		SecureStream stream = create(raw().opportunistic());
		assertThat(this.fixture.when(stream::connect)).endsWith("CONNECTING");
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("UNREACHABLE");
		assertThat(this.fixture.transport().isBusy()).isFalse();
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void itCountsAsAFailure() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(0, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@Test
	void aPendingRetryStays() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.fails();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::hangUp)).isEmpty();
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void withoutAConnectionNothingHappens() {
		SecureStream stream = create(raw());
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::hangUp)).isEmpty();
		this.fixture.loop.assertIdle();
		this.fixture.when(stream::close);
		assertThat(this.fixture.when(stream::hangUp)).isEmpty();
	}

	@Test
	void ofTheTwoNamesTheFinalOneWins() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			stream.hangUp();
			stream.disconnect();
		})).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	/** There is nothing left to drop, and so nothing changes. */
	@ParameterizedTest
	@EnumSource(value = StreamState.class, names = { "CREATING", "DISCONNECTED", "UNREACHABLE" })
	void whereThereIsNoConnectionTheStreamCarriesOn(StreamState state) {
		this.fixture = EngineFixture.with(raw().nailedUp());
		this.fixture.handler.on(state, SecureStream::hangUp);
		this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING");
		if (state == StreamState.DISCONNECTED) {
			this.fixture.connected();
		}
		this.fixture.fails();
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
	}

	@ParameterizedTest
	@CsvSource({ "CONNECTING,UNREACHABLE", "CONNECTED,DISCONNECTED", "TIMEOUT,DISCONNECTED" })
	void insideACallbackItComesAfterIt(StreamState state, String follows) {
		this.fixture = EngineFixture.with(raw().nailedUp());
		this.fixture.handler.on(state, SecureStream::hangUp);
		SecureStream stream = this.fixture.create();
		List<String> events = this.fixture.handler.take();
		if (state != StreamState.CONNECTING) {
			events = this.fixture.connected();
		}
		if (state == StreamState.TIMEOUT) {
			this.fixture.when(() -> stream.startTimeout(Duration.ofMillis(10)));
			events = this.fixture.after(10);
		}
		assertThat(events).endsWith(state.name(), follows);
		assertThat(this.fixture.after(100)).startsWith("POLL", "CONNECTING");
	}

	@Test
	void inPollItAbandonsTheAttempt() {
		this.fixture = EngineFixture.with(raw());
		this.fixture.handler.on(StreamState.POLL, SecureStream::hangUp);
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL");
		assertThat(this.fixture.network.transports).isEmpty();
		assertThat(stream.snapshot().retryCount()).isEqualTo(1);
	}

	@Test
	void whatIsAskedForTogetherWithItIsDone() {
		SecureStream stream = create(raw().opportunistic());
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.when(() -> {
			stream.hangUp();
			stream.connect();
		})).containsExactly("DISCONNECTED", "CONNECTING");
	}

	/** What the peer may have processed is not sent again. */
	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void aTransactionUnderWayIsRepeatedIfThatDoesNoHarm(boolean repeatable) {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("POST").retry(StreamPolicies.retry(5, 100)));
		CompletableFuture<Long> sent = stream.send("pay".getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
		this.fixture.loop.run();
		this.fixture.when(() -> this.fixture.transport().writable(100));
		this.fixture.transport().repeatable = repeatable;
		this.fixture.handler.take();
		if (repeatable) {
			assertThat(this.fixture.when(stream::hangUp)).containsExactly("UNREACHABLE");
			assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
			assertThat(sent).isNotDone();
		}
		else {
			assertThat(this.fixture.when(stream::hangUp)).containsExactly("UNREACHABLE", "ALL_RETRIES_FAILED");
			assertThat(sent).isCompletedExceptionally();
			assertThat(catchThrowable(sent::join)).hasCauseInstanceOf(SendFailedException.class);
		}
	}

	@Test
	void afterTheVerdictTheTransactionIsComplete() {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("GET").retry(StreamPolicies.retry(5, 100)));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().accepted(0));
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

}
