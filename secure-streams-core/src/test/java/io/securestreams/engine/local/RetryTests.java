package io.securestreams.engine.local;

import java.time.Duration;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a stream tries again, and when it gives up.
 */
class RetryTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private SecureStream create(RetryPolicy retry) {
		return create(StreamPolicies.named(EngineFixture.TYPE).retry(retry));
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::lose;
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		return stream;
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 65535 })
	void delaysFollowTheTableWithinTheBoundsOfTheJitter(int random16) {
		SecureStream stream = create(StreamPolicies.retry(RetryPolicy.CONCEAL_FOREVER, 1000, 2000, 3000, 5000, 10000));
		this.fixture.random16 = random16;
		stream.connect();
		this.fixture.loop.run();
		LongStream.of(1000, 2000, 3000, 5000, 10000, 10000, 10000).forEach((base) -> {
			// 20 percent of jitter, less the smallest step of the generator
			long expected = (random16 == 0) ? base : base + base * 20 / 100 - 1;
			assertThat(this.fixture.loop.nextDelay()).isEqualTo(expected);
			this.fixture.loop.advance(expected);
		});
	}

	@Test
	void emptyTableAndNoJitterMeanTheDefaults() {
		SecureStream stream = create(new RetryPolicy("r", java.util.List.of(), 1, 0, Duration.ZERO, Duration.ZERO));
		this.fixture.random16 = 65535;
		stream.connect();
		this.fixture.loop.run();
		assertThat(this.fixture.loop.nextDelay()).isBetween(3000L + 890, 3000L + 900);
	}

	@Test
	void delayOfZeroDoesNotSpin() {
		SecureStream stream = create(StreamPolicies.retry(RetryPolicy.CONCEAL_FOREVER, 0));
		stream.connect();
		this.fixture.loop.run();
		assertThat(this.fixture.loop.nextDelay()).isPositive();
		this.fixture.after(1000);
		assertThat(stream.snapshot().counters().attempts()).isBetween(50L, 101L);
	}

	@Test
	void nothingConcealedIsOneAttempt() {
		SecureStream stream = create(RetryPolicy.NONE);
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "UNREACHABLE",
				"ALL_RETRIES_FAILED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void concealTwoIsThreeAttemptsAndThenOneForEachRequest() {
		SecureStream stream = create(StreamPolicies.retry(2, 100));
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "UNREACHABLE",
				"ALL_RETRIES_FAILED");
		this.fixture.loop.assertIdle();
		assertThat(stream.snapshot().retryCount()).isEqualTo(4);
	}

	@Test
	void connectStartsCountingAnew() {
		SecureStream stream = create(StreamPolicies.retry(1, 100));
		this.fixture.when(stream::connect);
		assertThat(this.fixture.after(100)).endsWith("ALL_RETRIES_FAILED");
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@Test
	void connectDoesNotWaitForTheRetry() {
		SecureStream stream = create(StreamPolicies.retry(9, 100, 200, 300));
		this.fixture.when(stream::connect);
		this.fixture.after(100);
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(200);
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(100);
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
	}

	@Test
	void concealForEverNeverGivesUp() {
		SecureStream stream = create(StreamPolicies.retry(RetryPolicy.CONCEAL_FOREVER, 100));
		this.fixture.when(stream::requestTx);
		assertThat(this.fixture.after(100_000 * 100)).doesNotContain("ALL_RETRIES_FAILED");
		assertThat(stream.snapshot().retryCount()).isEqualTo(65535);
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
	}

	@Test
	void aConnectionThatDoesNotLastIsAFailure() {
		SecureStream stream = create(StreamPolicies.retry(2, 100, 1000));
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::connected;
		this.fixture.when(stream::connect);
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "CONNECTED");
		this.fixture.after(99);
		assertThat(stream.snapshot().retryCount()).isEqualTo(1);
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(1000);
		assertThat(this.fixture.after(1000)).containsExactly("POLL", "CONNECTING", "CONNECTED");
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED", "ALL_RETRIES_FAILED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void aConnectionThatHasLastedStartsCountingAnew() {
		SecureStream stream = create(StreamPolicies.retry(1, 100));
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::connected;
		this.fixture.when(stream::connect);
		for (int i = 0; i < 5; i++) {
			assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
			assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "CONNECTED");
			assertThat(this.fixture.after(100)).isEmpty();
			assertThat(stream.snapshot().retryCount()).isZero();
		}
	}

	@Test
	void nothingIsTimedWhereNothingHasFailed() {
		SecureStream stream = create(StreamPolicies.retry(1, 100));
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::connected;
		this.fixture.when(stream::connect);
		this.fixture.loop.assertIdle();
		this.fixture.fails();
		this.fixture.after(100);
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
		this.fixture.when(() -> this.fixture.transport().complete());
		this.fixture.loop.assertIdle();
		assertThat(stream.snapshot().retryCount()).isZero();
	}

	@Test
	void successStartsCountingAnew() {
		SecureStream stream = create(StreamPolicies.retry(2, 100));
		this.fixture.when(stream::requestTx);
		this.fixture.after(100);
		this.fixture.transport().onConnect = this.fixture.transport()::connected;
		assertThat(this.fixture.after(200)).containsExactly("POLL", "CONNECTING", "CONNECTED");
		this.fixture.transport().onConnect = this.fixture.transport()::lose;
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@Test
	void requestsWhileWaitingAreOneAttempt() {
		SecureStream stream = create(StreamPolicies.retry(5, 100));
		this.fixture.when(stream::requestTx);
		assertThat(this.fixture.when(stream::requestTx)).isEmpty();
		assertThat(this.fixture.when(stream::requestTx)).isEmpty();
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
	}

	@Test
	void requestInDisconnectedWaitsForTheRetry() {
		SecureStream stream = create(StreamPolicies.named(EngineFixture.TYPE).ws().retry(StreamPolicies.retry(5, 100)));
		this.fixture.network.prepare = (transport) -> {
		};
		this.fixture.handler.on(StreamState.DISCONNECTED, SecureStream::requestTx);
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.fails()).endsWith("DISCONNECTED");
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
		this.fixture.connected();
		assertThat(this.fixture.transport().isWriteRequested()).isTrue();
	}

	@Test
	void connectInUnreachableIsAtOnceAndStartsCountingAnew() {
		SecureStream stream = create(StreamPolicies.retry(0, 100));
		int[] budget = { 3 };
		this.fixture.handler.on(StreamState.UNREACHABLE, (self) -> {
			if (budget[0]-- > 0) {
				self.connect();
			}
		});
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING", "UNREACHABLE", "CONNECTING",
				"UNREACHABLE", "CONNECTING", "UNREACHABLE", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@ParameterizedTest
	@CsvSource({ "2000, 2000", "50, 300", "0, 300", "99999999999, 604800000" })
	void peerMayAskForMoreTime(long retryAfterMillis, long expected) {
		SecureStream stream = create(
				StreamPolicies.named(EngineFixture.TYPE).http("GET").retry(StreamPolicies.retry(5, 300)));
		StreamFailure busy = new StreamFailure(StreamFailure.Phase.BUSY, "503", "peer.example:1000", null, true,
				Duration.ofMillis(retryAfterMillis));
		this.fixture.network.prepare = (transport) -> transport.onConnect = () -> transport.lose(busy);
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(expected);
	}

	@Test
	void busyPeerWithoutRetriesIsUnreachableFirst() {
		SecureStream stream = create(StreamPolicies.named(EngineFixture.TYPE).http("GET"));
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING", "UNREACHABLE",
				"ALL_RETRIES_FAILED");
	}

}
