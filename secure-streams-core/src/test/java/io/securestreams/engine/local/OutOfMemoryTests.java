package io.securestreams.engine.local;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Memory that cannot be had ends the connection that needs it, wherever it is missing,
 * and the stream tells why.
 */
class OutOfMemoryTests {

	private final EngineFixture fixture = EngineFixture
		.with(StreamPolicies.named(EngineFixture.TYPE).nailedUp().retry(StreamPolicies.retry(5, 1000)));

	private final Runnable tooLittle = () -> {
		throw new OutOfMemoryError("no 100 bytes");
	};

	@Test
	void whileConnectingItIsAFailureOfTheAttempt() {
		this.fixture.network.prepare = (transport) -> transport.onConnect = this.tooLittle;
		SecureStream stream = this.fixture.create();
		assertThat(this.fixture.handler.take()).endsWith("CONNECTING", "UNREACHABLE");
		isTold(stream);
		this.fixture.transport().onConnect = () -> {
		};
		this.fixture.after(5000);
		this.fixture.connected();
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTED);
	}

	@Test
	void forASlotItEndsTheConnection() {
		SecureStream stream = this.fixture.create();
		this.fixture.handler.onWritable((writable, slot) -> this.tooLittle.run());
		this.fixture.connected();
		this.fixture.when(stream::requestTx);
		assertThat(this.fixture.when(() -> this.fixture.transport().writable(100))).endsWith("DISCONNECTED");
		isTold(stream);
	}

	@Test
	void forWhatAnotherThreadAsksForItEndsTheConnection() {
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.transport().onCredit = this.tooLittle;
		stream.grantCredit(1);
		assertThat(this.fixture.after(1)).endsWith("DISCONNECTED");
		assertThat(this.fixture.network.transports).noneMatch((transport) -> transport.isBusy());
		isTold(stream);
		this.fixture.after(5000);
		this.fixture.connected();
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTED);
	}

	@Test
	void whileClosingTheStreamEndsAllTheSame() {
		SecureStream stream = this.fixture.create();
		CompletionStage<Long> waiting = stream.send(new byte[] { 1 });
		this.fixture.connected();
		this.fixture.transport().onClose = this.tooLittle;
		assertThat(this.fixture.when(stream::close)).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(waiting.toCompletableFuture()).isCompletedExceptionally();
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@Test
	void whileDisconnectingItStaysDisconnected() {
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		CompletionStage<Long> waiting = stream.send(new byte[] { 1 });
		this.fixture.transport().onClose = this.tooLittle;
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("DISCONNECTED");
		assertThat(waiting.toCompletableFuture()).isCompletedExceptionally();
		assertThat(this.fixture.after(60_000)).isEmpty();
	}

	@Test
	void whileHangingUpThePolicyDecides() {
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.transport().onClose = this.tooLittle;
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(5000)).contains("CONNECTING");
	}

	@Test
	void aStreamThatDrainsIsNotForgottenOverIt() {
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.transport().onCredit = this.tooLittle;
		assertThat(this.fixture.when(() -> {
			stream.grantCredit(1);
			this.fixture.engine().shutdown(Duration.ofSeconds(30));
		})).endsWith("DESTROYING");
	}

	private static void isTold(SecureStream stream) {
		StreamFailure failure = stream.lastFailure();
		assertThat(failure).isNotNull();
		assertThat(failure.phase()).isIn(StreamFailure.Phase.CONNECTION, StreamFailure.Phase.CONNECT);
		assertThat(failure.message()).contains("no 100 bytes");
	}

}
