package io.securestreams.engine.local;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The timeout that the application starts.
 */
class UserTimeoutTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		return stream;
	}

	@Test
	void expiresOnce() {
		SecureStream stream = create(policy());
		stream.startTimeout(Duration.ofSeconds(3));
		assertThat(this.fixture.after(2999)).isEmpty();
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT");
		assertThat(this.fixture.after(10_000)).isEmpty();
	}

	@Test
	void startingAgainReplaces() {
		SecureStream stream = create(policy());
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.after(2000);
		stream.startTimeout(Duration.ofSeconds(3));
		assertThat(this.fixture.after(2999)).isEmpty();
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT");
	}

	@Test
	void cancels() {
		SecureStream stream = create(policy());
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.loop.run();
		this.fixture.when(stream::cancelTimeout);
		this.fixture.loop.assertIdle();
		stream.startTimeout(Duration.ofSeconds(3));
		stream.cancelTimeout();
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	@Test
	void comesFromThePolicy() {
		SecureStream stream = create(policy().timeout(Duration.ofMillis(700)));
		stream.startTimeout();
		this.fixture.loop.run();
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(700);
	}

	@Test
	void policyWithoutTimeoutDoesNothing() {
		SecureStream stream = create(policy());
		this.fixture.when(stream::startTimeout);
		this.fixture.loop.assertIdle();
	}

	@Test
	void hasToBePositive() {
		SecureStream stream = create(policy());
		assertThatIllegalArgumentException().isThrownBy(() -> stream.startTimeout(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> stream.startTimeout(Duration.ofSeconds(-1)));
		stream.startTimeout(Duration.ofNanos(1));
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT");
	}

	@Test
	void serverIsSlowAndTheHandlerCloses() {
		this.fixture = EngineFixture.with(policy().http("GET"));
		this.fixture.handler.on(StreamState.CREATING, (stream) -> {
			stream.startTimeout(Duration.ofSeconds(3));
			stream.requestTx();
		});
		this.fixture.handler.on(StreamState.TIMEOUT, SecureStream::close);
		this.fixture.create();
		assertThat(this.fixture.after(3000)).containsExactly("CREATING", "POLL", "CONNECTING", "TIMEOUT", "DESTROYING");
		assertThat(this.fixture.transport().isBusy()).isFalse();
	}

	@Test
	void handlerClosesAConnectedStream() {
		SecureStream stream = create(policy());
		this.fixture.handler.on(StreamState.TIMEOUT, SecureStream::close);
		stream.startTimeout(Duration.ofSeconds(3));
		stream.connect();
		this.fixture.loop.run();
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.after(3000)).containsExactly("TIMEOUT", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void handlerDisconnects() {
		SecureStream stream = create(policy().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.on(StreamState.TIMEOUT, SecureStream::disconnect);
		stream.startTimeout(Duration.ofSeconds(3));
		stream.connect();
		this.fixture.loop.run();
		this.fixture.handler.take();
		assertThat(this.fixture.after(3000)).containsExactly("TIMEOUT", "UNREACHABLE");
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.after(3000)).containsExactly("TIMEOUT", "DISCONNECTED");
		this.fixture.loop.assertIdle();
	}

	@Test
	void handlerDoesNothingAndEverythingGoesOn() {
		SecureStream stream = create(policy().http("GET"));
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.after(3000);
		assertThat(this.fixture.connected()).containsExactly("CONNECTED");
		stream.startTimeout(Duration.ofSeconds(3));
		assertThat(this.fixture.after(3000)).containsExactly("TIMEOUT");
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void expiresDuringBackoffAndTheRetryGoesOn() {
		SecureStream stream = create(policy().retry(StreamPolicies.retry(5, 1000)));
		stream.startTimeout(Duration.ofMillis(500));
		this.fixture.when(stream::connect);
		assertThat(this.fixture.fails()).endsWith("UNREACHABLE");
		assertThat(this.fixture.after(500)).containsExactly("TIMEOUT");
		assertThat(this.fixture.after(500)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void isNotCancelledByConnected() {
		SecureStream stream = create(policy());
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
	}

	@Test
	void isCancelledByACompleteTransaction() {
		SecureStream stream = create(policy().http("GET"));
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().complete());
		this.fixture.loop.assertIdle();
	}

	@Test
	void startedInAVerdictItSurvivesTheEndOfTheTransaction() {
		SecureStream stream = create(policy().http("GET"));
		this.fixture.handler.on(StreamState.QOS_ACK_REMOTE, (self) -> self.startTimeout(Duration.ofSeconds(3)));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.succeeds();
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
	}

	@Test
	void isCancelledByAcknowledgement() {
		SecureStream stream = create(policy().mqtt());
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.when(() -> this.fixture.transport().accepted(0));
		this.fixture.loop.assertIdle();
	}

	@Test
	void isCancelledByTheLossOfAConnectionThatIsNotHttp() {
		SecureStream stream = create(policy().ws().retry(StreamPolicies.retry(5, 100)));
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.fails();
		assertThat(this.fixture.loop.timers()).isEqualTo(1);
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(100);
	}

	@Test
	void isNotCancelledByHttpThatRetries() {
		SecureStream stream = create(policy().http("GET").retry(StreamPolicies.retry(5, 100)));
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.fails();
		assertThat(this.fixture.loop.timers()).isEqualTo(2);
	}

	@Test
	void isCancelledByClose() {
		SecureStream stream = create(policy());
		stream.startTimeout(Duration.ofSeconds(3));
		this.fixture.loop.run();
		this.fixture.when(stream::close);
		this.fixture.loop.assertIdle();
	}

}
