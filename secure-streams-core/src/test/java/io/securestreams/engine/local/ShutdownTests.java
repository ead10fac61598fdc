package io.securestreams.engine.local;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The end of an engine.
 */
class ShutdownTests {

	private final EngineFixture fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).ws(),
			StreamPolicies.named("http").http("POST"), StreamPolicies.named("server").server().http("GET"));

	private CompletableFuture<Void> shutdown(long drainMillis) {
		CompletableFuture<Void> done = this.fixture.engine()
			.shutdown(Duration.ofMillis(drainMillis))
			.toCompletableFuture();
		this.fixture.loop.run();
		return done;
	}

	@Test
	void emptyEngineIsGoneAtOnce() {
		assertThat(shutdown(1000)).isCompleted();
		this.fixture.loop.assertIdle();
	}

	@Test
	void nothingNewIsMade() {
		shutdown(0);
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().create(EngineFixture.TYPE, this.fixture.handler))
			.withMessageContaining("shut down");
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().listen("server", () -> this.fixture.handler));
	}

	@Test
	void whatIsInFlightIsWaitedFor() {
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.handler.onWritable((self, slot) -> slot.write("x").end());
		this.fixture.when(stream::requestTx);
		FakeTransport transport = this.fixture.transport();
		transport.inFlight = true;
		this.fixture.when(() -> transport.writable(10));
		CompletableFuture<Void> done = shutdown(1000);
		assertThat(stream.isClosed()).isFalse();
		this.fixture.when(() -> transport.receive("in between"));
		assertThat(stream.isClosed()).isFalse();
		assertThat(this.fixture.when(() -> {
			transport.inFlight = false;
			transport.accepted(0);
		})).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED", "DESTROYING");
		assertThat(done).isCompleted();
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	@Test
	void withoutTimeEverythingEndsAtOnce() {
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.handler.take();
		CompletableFuture<Void> done = this.fixture.engine().shutdown(Duration.ZERO).toCompletableFuture();
		assertThat(done).isNotDone();
		this.fixture.loop.run();
		assertThat(done).isCompleted();
		assertThat(this.fixture.handler.take()).containsExactly("DISCONNECTED", "DESTROYING");
		this.fixture.loop.assertIdle();
	}

	@Test
	void idleAndConnectedStreamsHaveNothingToFinish() {
		this.fixture.create();
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(shutdown(1000)).isCompleted();
		this.fixture.loop.assertIdle();
	}

	@Test
	void transactionMayFinish() {
		RecordingHandler handler = new RecordingHandler();
		SecureStream stream = this.fixture.engine().create("http", handler);
		stream.requestTx();
		this.fixture.loop.run();
		CompletableFuture<Void> done = shutdown(1000);
		assertThat(done).isNotDone();
		this.fixture.when(() -> {
			this.fixture.transport().connected();
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		});
		assertThat(done).isCompleted();
		assertThat(handler.take()).endsWith("CONNECTED", "QOS_ACK_REMOTE 0", "DISCONNECTED", "DESTROYING");
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	@Test
	void failedAttemptIsNotRepeated() {
		RecordingHandler handler = new RecordingHandler();
		SecureStream stream = this.fixture.engine().create("http", handler);
		stream.requestTx();
		this.fixture.loop.run();
		CompletableFuture<Void> done = shutdown(1000);
		this.fixture.fails();
		assertThat(done).isCompleted();
		assertThat(handler.take()).endsWith("CONNECTING", "UNREACHABLE", "DESTROYING");
	}

	@Test
	void transactionThatTakesTooLongIsCutOff() {
		SecureStream stream = this.fixture.engine().create("http", this.fixture.handler);
		stream.requestTx();
		this.fixture.loop.run();
		CompletableFuture<Void> done = shutdown(1000);
		this.fixture.after(999);
		assertThat(done).isNotDone();
		this.fixture.after(1);
		assertThat(done).isCompleted();
		this.fixture.loop.assertIdle();
	}

	@Test
	void messagesThatWaitMayBeSent() {
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		stream.send(new byte[] { 'x' });
		stream.send(new byte[] { 'y' });
		this.fixture.loop.run();
		CompletableFuture<Void> done = shutdown(1000);
		assertThat(done).isNotDone();
		this.fixture.when(() -> this.fixture.transport().writable(10));
		assertThat(done).isNotDone();
		this.fixture.when(() -> this.fixture.transport().writable(10));
		assertThat(done).isCompleted();
		assertThat(this.fixture.transport().written).containsExactly("SE:x@0", "SE:y@1");
	}

	@Test
	void listenersDrainToo() {
		this.fixture.engine().listen("server", () -> this.fixture.handler);
		FakeTransport[] accepted = new FakeTransport[1];
		this.fixture.loop.inside(() -> {
			accepted[0] = Objects.requireNonNull(this.fixture.network.accept(this.fixture.loop));
			accepted[0].acceptedLink().transaction();
		});
		CompletableFuture<Void> done = shutdown(1000);
		assertThat(accepted[0].calls).startsWith("drain");
		assertThat(this.fixture.network.listenerClosed).isTrue();
		assertThat(done).isNotDone();
		this.fixture.when(accepted[0]::complete);
		assertThat(done).isCompleted();
		assertThat(this.fixture.engine().servers()).isEmpty();
	}

	@Test
	void secondShutdownMayBeLessPatient() {
		SecureStream stream = this.fixture.engine().create("http", this.fixture.handler);
		stream.requestTx();
		this.fixture.loop.run();
		CompletableFuture<Void> patient = shutdown(100_000);
		CompletableFuture<Void> impatient = shutdown(0);
		assertThat(patient).isCompleted();
		assertThat(impatient).isCompleted();
	}

}
