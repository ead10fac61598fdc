package io.securestreams.engine.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler on another thread has its say before an attempt starts, as one on the event
 * loop has.
 */
class SuspendedAttemptTests {

	private final Deque<Suspension> behind = new ArrayDeque<>();

	private EngineFixture fixture = fixture(true);

	private EngineFixture fixture(boolean nailedUp) {
		StreamPolicies policy = StreamPolicies.named(EngineFixture.TYPE)
			.metadata("host", "")
			.endpoint("${host}", 80)
			.retry(StreamPolicies.retry(5, 1000));
		return EngineFixture.with(nailedUp ? policy.nailedUp() : policy);
	}

	private void behindIn(StreamState state) {
		this.fixture.handler.on(state, (stream) -> this.behind.add(stream.suspendConnecting()));
	}

	private void catchUp() {
		this.fixture.when(this.behind.remove()::close);
	}

	private void assertGoesTo(String host) {
		assertThat(this.fixture.transport().clientLink().target().address()).hasToString(host + ":80");
	}

	@Test
	void metadataThatIsSetInCreatingIsThatOfTheFirstAttempt() {
		behindIn(StreamState.CREATING);
		SecureStream stream = this.fixture.create();
		assertThat(this.fixture.after(60_000)).containsExactly("CREATING");
		stream.metadata().set("host", "peer.example");
		this.fixture.when(this.behind.remove()::close);
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTING);
		assertGoesTo("peer.example");
		assertThat(this.fixture.connected()).endsWith("CONNECTED");
	}

	@Test
	void theConnectionIsNotMadeBeforeConnectingHasBeenHandled() {
		behindIn(StreamState.CREATING);
		behindIn(StreamState.CONNECTING);
		SecureStream stream = this.fixture.create();
		stream.metadata().set("host", "peer.example");
		catchUp();
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTING);
		this.fixture.after(60_000);
		assertThat(this.fixture.network.transports).isEmpty();
		stream.requestTx();
		catchUp();
		assertThat(this.fixture.transport().calls).contains("connect");
		this.fixture.connected();
		assertThat(this.fixture.transport().isWriteRequested()).isTrue();
	}

	@Test
	void whoIsNotWantedBeforeItsSuspensionEndsDoesNotConnect() {
		SecureStream stream = created("peer.example");
		this.fixture.fails();
		int attempts = this.fixture.network.transports.size();
		this.fixture.handler.on(StreamState.CONNECTING, (self) -> {
			Suspension suspension = self.suspendConnecting();
			CompletableFuture.runAsync(() -> {
				self.disconnect();
				suspension.close();
			}).join();
		});
		assertThat(this.fixture.after(60_000)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.transport().calls.stream().filter("connect"::equals)).hasSize(attempts);
		assertThat(stream.state()).isEqualTo(StreamState.UNREACHABLE);
	}

	@Test
	void aRetryWaitsUntilTheFailureHasBeenHandled() {
		SecureStream stream = created("first.example");
		behindIn(StreamState.UNREACHABLE);
		this.fixture.fails();
		assertThat(this.fixture.after(60_000)).isEmpty();
		stream.metadata().set("host", "second.example");
		catchUp();
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTING);
		assertGoesTo("second.example");
	}

	private SecureStream created(String host) {
		this.fixture.handler.on(StreamState.CREATING, (stream) -> stream.metadata().set("host", host));
		return this.fixture.create();
	}

	@Test
	void whoWaitsForTheConnectionThatItHoldsUpGetsItAfterASecond() {
		this.fixture = fixture(false);
		behindIn(StreamState.CREATING);
		behindIn(StreamState.CONNECTING);
		SecureStream stream = this.fixture.create();
		stream.metadata().set("host", "peer.example");
		stream.send(new byte[] { 1 });
		assertThat(this.fixture.after(999)).containsExactly("CREATING");
		assertThat(this.fixture.after(1)).containsExactly("POLL", "CONNECTING");
		this.fixture.connected();
		assertThat(this.fixture.transport().isWriteRequested()).isTrue();
		catchUp();
		catchUp();
		assertThat(this.fixture.network.transports).hasSize(1);
		this.fixture.loop.assertIdle();
	}

	@Test
	void theNextTimeItIsHeldUpAgain() {
		whoWaitsForTheConnectionThatItHoldsUpGetsItAfterASecond();
		SecureStream stream = this.fixture.engine().streams().iterator().next();
		behindIn(StreamState.DISCONNECTED);
		this.fixture.fails();
		assertThat(this.fixture.after(60_000)).isEmpty();
		stream.disconnect();
		catchUp();
		assertThat(this.fixture.after(60_000)).isEmpty();
	}

	@Test
	void whatIsNotWantedAnyMoreDoesNotStart() {
		behindIn(StreamState.CREATING);
		SecureStream stream = this.fixture.create();
		stream.disconnect();
		catchUp();
		assertThat(this.fixture.after(60_000)).isEmpty();
		stream.metadata().set("host", "peer.example");
		behindIn(StreamState.CONNECTING);
		stream.connect();
		assertThat(this.fixture.after(0)).containsExactly("CONNECTING");
		stream.disconnect();
		assertThat(this.fixture.after(0)).containsExactly("UNREACHABLE");
		catchUp();
		assertThat(this.fixture.after(60_000)).isEmpty();
		assertThat(this.fixture.network.transports).isEmpty();
		stream.connect();
		this.fixture.after(0);
		stream.close();
		assertThat(this.fixture.after(0)).endsWith("DESTROYING");
		catchUp();
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.network.transports).noneMatch((transport) -> transport.isBusy());
	}

}
