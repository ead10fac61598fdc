package io.securestreams.engine.local;

import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.StreamPolicies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Listeners and the streams they accept.
 */
class ServerTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.engine().servers()).isEmpty();
	}

	private StreamServer listen(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy.server());
		return this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler);
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private FakeTransport accept() {
		FakeTransport[] accepted = new FakeTransport[1];
		this.fixture.loop
			.inside(() -> accepted[0] = Objects.requireNonNull(this.fixture.network.accept(this.fixture.loop)));
		return accepted[0];
	}

	private static StreamFailure reset() {
		return StreamFailure.sent(StreamFailure.Phase.CONNECTION, "reset", "192.0.2.3", null);
	}

	@Test
	void everyRequestIsAStreamOfItsOwn() {
		StreamServer server = listen(policy().http("GET"));
		this.fixture.handler.on(StreamState.SERVER_TXN, (stream) -> {
			stream.acknowledge();
			stream.requestTx(5);
		});
		this.fixture.handler.onWritable((stream, slot) -> slot.write("hello").end());
		for (int i = 0; i < 2; i++) {
			FakeTransport transport = accept();
			this.fixture.handler.take();
			assertThat(this.fixture.when(() -> {
				transport.connected();
				transport.acceptedLink().transaction();
				assertThat(transport.link().txLength()).isEqualTo(5);
				transport.writable(100);
				transport.complete();
			})).containsExactly("CONNECTED", "SERVER_TXN", "tx 0", "DISCONNECTED", "DESTROYING");
			assertThat(transport.calls).containsExactly("acknowledge 0", "requestWrite", "write");
			assertThat(transport.written).containsExactly("SE:hello@0");
			assertThat(server.clients()).isEmpty();
			this.fixture.handler.restart();
		}
	}

	@Test
	void answersOnce() {
		StreamServer server = listen(policy().http("GET"));
		FakeTransport transport = accept();
		this.fixture.when(() -> transport.acceptedLink().transaction());
		SecureStream stream = server.clients().iterator().next();
		stream.answer(204);
		assertThatIllegalStateException().isThrownBy(stream::acknowledge)
			.withMessageEndingWith("its request has been answered already");
		assertThatIllegalStateException().isThrownBy(() -> stream.answer(200, new byte[1]));
		assertThatIllegalStateException().isThrownBy(stream::reject);
		this.fixture.loop.run();
		assertThat(transport.calls).containsExactly("answer 204");
		this.fixture.when(transport::complete);
		assertThatExceptionOfType(StreamClosedException.class).isThrownBy(stream::acknowledge);
	}

	@Test
	void requestWithoutConnectedInsertsIt() {
		listen(policy().http("GET"));
		FakeTransport transport = accept();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> transport.acceptedLink().transaction())).containsExactly("CONNECTED",
				"SERVER_TXN");
	}

	@Test
	void rawIsConnected() {
		StreamServer server = listen(policy());
		FakeTransport transport = accept();
		assertThat(this.fixture.when(() -> {
			transport.connected();
			transport.receive("x", 0);
			transport.complete();
		})).containsExactly("CREATING", "CONNECTING", "CONNECTED", "rx[-] x", "DISCONNECTED", "DESTROYING");
		assertThat(server.clients()).isEmpty();
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@Test
	void upgradeIsAnnouncedOnTheAcceptedStream() {
		listen(policy().http("GET"));
		FakeTransport transport = accept();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			transport.acceptedLink().upgrade();
			transport.connected();
			transport.receive("message");
			transport.lose(reset());
		})).containsExactly("SERVER_UPGRADE", "CONNECTED", "rx[SE] message", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void upgradeAfterARequest() {
		listen(policy().http("GET"));
		FakeTransport transport = accept();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			transport.acceptedLink().transaction();
			transport.acceptedLink().upgrade();
			transport.complete();
		})).containsExactly("CONNECTED", "SERVER_TXN", "SERVER_UPGRADE", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void afterAnUpgradeThereAreManyMessages() {
		listen(policy().http("GET"));
		this.fixture.network.acceptedKind = TransportKind.MESSAGES;
		FakeTransport transport = accept();
		this.fixture.handler.onWritable((stream, slot) -> {
			slot.write("m").end();
			stream.requestTx();
		});
		this.fixture.handler.on(StreamState.CONNECTED, SecureStream::requestTx);
		this.fixture.when(() -> {
			transport.acceptedLink().upgrade();
			transport.connected();
		});
		this.fixture.when(() -> transport.writable(10));
		this.fixture.when(() -> transport.writable(10));
		assertThat(transport.written).containsExactly("SE:m@0", "SE:m@1");
	}

	@Test
	void connectionLostBeforeConnectedJustEnds() {
		listen(policy().tls());
		FakeTransport transport = accept();
		assertThat(this.fixture
			.when(() -> transport.lose(StreamFailure.unsent(StreamFailure.Phase.TLS, "handshake", "192.0.2.3", null))))
			.containsExactly("CREATING", "CONNECTING", "DESTROYING");
	}

	@Test
	void disconnectEndsAnAcceptedStream() {
		StreamServer server = listen(policy());
		FakeTransport transport = accept();
		this.fixture.when(transport::connected);
		SecureStream stream = server.clients().iterator().next();
		assertThat(stream.role()).isEqualTo(StreamRole.ACCEPTED);
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(transport.isBusy()).isFalse();
	}

	@Test
	void hangingUpEndsAnAcceptedStream() {
		StreamServer server = listen(policy());
		FakeTransport transport = accept();
		this.fixture.when(transport::connected);
		SecureStream stream = server.clients().iterator().next();
		assertThat(this.fixture.when(stream::hangUp)).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(transport.isBusy()).isFalse();
	}

	@Test
	void hangingUpInCreatingEndsAnAcceptedStream() {
		StreamServer server = listen(policy());
		this.fixture.handler.on(StreamState.CREATING, SecureStream::hangUp);
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		this.fixture.loop.run();
		assertThat(server.clients()).isEmpty();
	}

	@Test
	void handlerThatThrowsEndsAnAcceptedStream() {
		listen(policy());
		this.fixture.handler.onReceive((stream) -> {
			throw new IllegalStateException("handler");
		});
		FakeTransport transport = accept();
		assertThat(this.fixture.when(() -> {
			transport.connected();
			transport.receive("x", 0);
		})).endsWith("rx[-] x", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void connectDoesNothingOnAnAcceptedStream() {
		StreamServer server = listen(policy());
		FakeTransport transport = accept();
		this.fixture.when(transport::connected);
		SecureStream stream = server.clients().iterator().next();
		assertThat(this.fixture.when(stream::connect)).isEmpty();
		assertThat(transport.calls).isEmpty();
	}

	@Test
	void connectionIsRefusedInCreating() {
		StreamServer server = listen(policy());
		this.fixture.handler.on(StreamState.CREATING, SecureStream::close);
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "DESTROYING");
		assertThat(server.clients()).isEmpty();
	}

	@Test
	void connectionIsRefusedByDisconnectingInCreating() {
		StreamServer server = listen(policy());
		this.fixture.handler.on(StreamState.CREATING, SecureStream::disconnect);
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "DESTROYING");
		assertThat(server.clients()).isEmpty();
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@Test
	void connectionIsRefusedInConnecting() {
		listen(policy());
		this.fixture.handler.on(StreamState.CONNECTING, SecureStream::disconnect);
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING", "DESTROYING");
	}

	@Test
	void connectionIsRefusedWithoutAHandler() {
		this.fixture = EngineFixture.with(policy().server());
		StreamServer server = this.fixture.engine().listen(EngineFixture.TYPE, () -> {
			throw new IllegalStateException("no handler");
		});
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		assertThat(server.snapshot().counters().failures()).isEqualTo(1);
		assertThat(this.fixture.engine().streams()).isEmpty();
	}

	@Test
	void clientsAreInTheOrderTheyCame() {
		StreamServer server = listen(policy());
		accept();
		FakeTransport second = accept();
		accept();
		List<String> ids = server.clients().stream().map(SecureStream::id).toList();
		assertThat(ids).hasSize(3);
		this.fixture.when(() -> second.lose(reset()));
		assertThat(server.clients()).extracting(SecureStream::id).containsExactly(ids.get(0), ids.get(2));
		assertThat(server.snapshot().counters().connections()).isEqualTo(3);
		assertThat(server.snapshot().role()).isEqualTo(StreamRole.LISTENER);
		assertThat(server.clients().iterator().next().snapshot().peer()).isEqualTo("192.0.2.3");
	}

	@Test
	void clientsMayBeAskedToSend() {
		StreamServer server = listen(policy());
		FakeTransport one = accept();
		FakeTransport two = accept();
		this.fixture.when(() -> {
			one.connected();
			two.connected();
		});
		server.clients().forEach(SecureStream::requestTx);
		this.fixture.loop.run();
		assertThat(one.isWriteRequested()).isTrue();
		assertThat(two.isWriteRequested()).isTrue();
	}

	@Test
	void closeEndsEverything() {
		StreamServer server = listen(policy());
		FakeTransport transport = accept();
		this.fixture.when(transport::connected);
		this.fixture.handler.take();
		server.close();
		server.close();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(this.fixture.network.listenerClosed).isTrue();
		assertThat(this.fixture.engine().servers()).isEmpty();
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		assertThat(server.snapshot().state()).isEqualTo(StreamState.DESTROYING);
	}

	@Test
	void drainLetsTransactionsFinish() {
		StreamServer server = listen(policy().http("GET"));
		FakeTransport one = accept();
		this.fixture.when(() -> one.acceptedLink().transaction());
		this.fixture.handler.take();
		CompletableFuture<Void> drained = server.drain(Duration.ofSeconds(5)).toCompletableFuture();
		this.fixture.loop.run();
		assertThat(one.calls).containsExactly("drain");
		assertThat(drained).isNotDone();
		this.fixture.loop.inside(() -> assertThat(this.fixture.network.accept(this.fixture.loop)).isNull());
		this.fixture.when(one::complete);
		assertThat(drained).isCompleted();
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	@Test
	void drainCutsOffWhatTakesTooLong() {
		StreamServer server = listen(policy().http("GET"));
		FakeTransport one = accept();
		this.fixture.when(() -> one.acceptedLink().transaction());
		CompletableFuture<Void> drained = server.drain(Duration.ofSeconds(5)).toCompletableFuture();
		this.fixture.after(4999);
		assertThat(drained).isNotDone();
		this.fixture.after(1);
		assertThat(drained).isCompleted();
		assertThat(one.isBusy()).isFalse();
	}

	@Test
	void addressThatCannotBeBoundIsNamed() {
		this.fixture = EngineFixture.with(policy().server().endpoint("127.0.0.1", 80));
		this.fixture.network.bindFailure = new BindException("in use");
		assertThatExceptionOfType(StreamBindException.class)
			.isThrownBy(() -> this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler))
			.withMessage("streamtype \"test\" cannot listen on 127.0.0.1:80: in use");
		assertThat(this.fixture.engine().servers()).isEmpty();
		this.fixture = EngineFixture.with(policy().server().endpoint("!web", 0));
		this.fixture.network.bindFailure = new BindException("in use");
		assertThatExceptionOfType(StreamBindException.class)
			.isThrownBy(() -> this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler))
			.withMessage("streamtype \"test\" cannot listen on !web: in use");
	}

	@Test
	void clientStreamTypeDoesNotListen() {
		this.fixture = EngineFixture.with(policy());
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler));
	}

	@Test
	void listenIsRefusedOnAnEventLoop() {
		this.fixture = EngineFixture.with(policy().server());
		this.fixture.loop.inside(() -> assertThatIllegalStateException()
			.isThrownBy(() -> this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler)));
	}

	@Test
	void timeoutMayExpireInARequest() {
		StreamServer server = listen(policy().http("GET"));
		FakeTransport transport = accept();
		this.fixture.when(transport::connected);
		server.clients().iterator().next().startTimeout(Duration.ofSeconds(1));
		this.fixture.handler.take();
		assertThat(this.fixture.after(1000)).containsExactly("TIMEOUT");
		assertThat(this.fixture.when(() -> {
			transport.acceptedLink().transaction();
			transport.complete();
		})).containsExactly("SERVER_TXN", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void nothingFollowsTheEndOfAnAnswer() {
		listen(policy().http("GET"));
		this.fixture.handler.onWritable((stream, slot) -> {
			slot.write("x").end();
			stream.requestTx(99);
		});
		this.fixture.handler.on(StreamState.SERVER_TXN, (stream) -> stream.acknowledge(203));
		FakeTransport transport = accept();
		this.fixture.when(() -> {
			transport.acceptedLink().transaction();
			transport.offer(10);
		});
		assertThat(transport.isWriteRequested()).isFalse();
		assertThat(transport.calls).containsExactly("acknowledge 203", "write");
	}

	@ParameterizedTest
	@CsvSource({ "drop,1", "disconnect,0" })
	void aClientThatDoesNotKeepUpConcernsNobodyElse(String rule, int left) {
		StreamServer server = listen(policy().option("send_overflow", rule));
		FakeTransport slow = accept();
		slow.connected();
		byte[] message = new byte[512 * 1024];
		assertThat(server.broadcast(message)).isEqualTo(1);
		assertThat(server.broadcast(message)).isEqualTo(1);
		SecureStream client = server.clients().iterator().next();
		FakeTransport other = accept();
		other.connected();
		// The other one takes it, the slow one has had enough
		assertThat(server.broadcast(message)).isEqualTo(1);
		this.fixture.loop.run();
		assertThat(server.clients()).hasSize(1 + left);
		assertThat(client.isClosed()).isEqualTo(left == 0);
		if (left == 0) {
			assertThat(Objects.requireNonNull(client.lastFailure()).message()).contains("does not keep up",
					"1048576 bytes are waiting");
		}
		this.fixture.when(() -> other.writable(message.length));
		assertThat(other.calls).contains("write");
	}

	@Test
	void broadcastsAreForStreamsThatMaySpeakUnasked() {
		StreamServer server = listen(policy().http("GET"));
		FakeTransport asking = accept();
		this.fixture.network.acceptedKind = TransportKind.MESSAGES;
		FakeTransport upgraded = accept();
		this.fixture.when(() -> {
			asking.acceptedLink().transaction();
			upgraded.acceptedLink().upgrade();
			upgraded.connected();
		});
		assertThat(server.broadcast(new byte[1])).isEqualTo(1);
	}

	@Test
	void rulesForSlowClientsThatDoNotExist() {
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> listen(policy().option("send_overflow", "panic")))
			.withMessageContainingAll("send_overflow", "\"panic\"", "\"drop\" or \"disconnect\"");
		this.fixture = EngineFixture.with();
	}

}
