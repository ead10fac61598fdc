package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.StreamPolicies;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Payload: when it reaches the handler, and when it waits.
 */
class ReceiveTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private SecureStream connected(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy.nailedUp());
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.handler.take();
		return stream;
	}

	private static StreamPolicies policy() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private FakeTransport transport() {
		return this.fixture.transport();
	}

	@Test
	void everythingAboutAPayload() {
		connected(policy().ws());
		assertThat(this.fixture.when(() -> {
			transport().receive("a", 1);
			transport().receive("b", 0);
			transport().receive("c", 2);
			transport().receive("", 8);
			transport().receive("d", 1 | 2 | 16);
		})).containsExactly("rx[S] a", "rx[-] b", "rx[E] c", "rx[<] ", "rx[SE>] d");
	}

	@Test
	void payloadIsLentAndTheSameObjectEachTime() {
		SecureStream stream = connected(policy().ws());
		List<Payload> payloads = new ArrayList<>();
		List<ByteBuf> kept = new ArrayList<>();
		stream.handler(new StreamHandler() {
			@Override
			public void onReceive(SecureStream self, Payload payload) {
				payloads.add(payload);
				kept.add(payload.content().retain());
				assertThat(payload.rideshare()).isEqualTo("test");
			}
		});
		this.fixture.when(() -> {
			transport().receive("a");
			transport().receive("b");
		});
		assertThat(payloads.get(0)).isSameAs(payloads.get(1));
		assertThat(payloads.get(0).length()).isZero();
		kept.forEach((buffer) -> assertThat(buffer.release()).isTrue());
	}

	@Test
	void pauseStopsTheHandlerAndTheTransport() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onReceive(SecureStream::pauseReceiving);
		// A transport may have more in hand than it can take back
		assertThat(this.fixture.when(() -> {
			transport().receive("a");
			assertThat(transport().isPaused()).isTrue();
			transport().receive("b");
			transport().receive("c");
		})).containsExactly("rx[SE] a");
		assertThat(this.fixture.when(stream::resumeReceiving)).containsExactly("rx[SE] b");
		assertThat(transport().isPaused()).isTrue();
		assertThat(this.fixture.when(stream::resumeReceiving)).containsExactly("rx[SE] c");
		assertThat(transport().isPaused()).isTrue();
		this.fixture.when(stream::resumeReceiving);
		assertThat(transport().isPaused()).isFalse();
		assertThat(transport().calls).containsExactly("connect", "pause", "resume");
	}

	@Test
	void whatIsAskedForBeforeASuspensionEndsIsDoneBefore() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onReceive((self) -> {
			Suspension suspension = self.suspendReceiving();
			elsewhere(() -> {
				self.pauseReceiving();
				suspension.close();
			});
		});
		assertThat(this.fixture.when(() -> {
			transport().receive("a");
			transport().receive("b");
		})).containsExactly("rx[SE] a");
		assertThat(transport().delivered).isZero();
		assertThat(this.fixture.when(stream::resumeReceiving)).containsExactly("rx[SE] b");
	}

	@Test
	void aMessageThatAHandlerHasFailedAtElsewhereIsNotDelivered() {
		connected(policy().ws());
		this.fixture.handler.onReceive((self) -> {
			Suspension suspension = self.suspendReceiving();
			elsewhere(() -> {
				self.fail(new IllegalStateException("handler"));
				suspension.close();
			});
		});
		FakeTransport before = transport();
		assertThat(this.fixture.when(() -> before.receive("a"))).startsWith("rx[SE] a", "DISCONNECTED");
		assertThat(before.delivered).isZero();
		assertThat(before.calls).contains("undelivered");
	}

	private static void elsewhere(Runnable task) {
		Thread thread = new Thread(task, "elsewhere");
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void aSuspensionAndAPauseEndEachForItself() {
		SecureStream stream = connected(policy().ws());
		List<Suspension> suspensions = new ArrayList<>();
		this.fixture.handler.onReceive((same) -> {
			suspensions.add(same.suspendReceiving());
			same.pauseReceiving();
		});
		assertThat(this.fixture.when(() -> {
			transport().receive("a");
			transport().receive("b");
		})).containsExactly("rx[SE] a");
		Suspension second = stream.suspendReceiving();
		assertThat(this.fixture.when(suspensions.get(0)::close)).isEmpty();
		assertThat(this.fixture.when(stream::resumeReceiving)).isEmpty();
		// Twice is once
		assertThat(this.fixture.when(suspensions.get(0)::close)).isEmpty();
		assertThat(transport().isPaused()).isTrue();
		assertThat(this.fixture.when(second::close)).containsExactly("rx[SE] b");
		this.fixture.when(stream::resumeReceiving);
		assertThat(transport().isPaused()).isTrue();
		this.fixture.when(suspensions.get(1)::close);
		assertThat(transport().isPaused()).isFalse();
	}

	@Test
	void whatFollowsHeldPayloadWaitsToo() {
		SecureStream stream = connected(policy().http("GET"));
		this.fixture.when(stream::pauseReceiving);
		assertThat(this.fixture.when(() -> {
			transport().receive("a", 1);
			transport().receive("", 2);
			transport().accepted(0);
			transport().complete();
		})).isEmpty();
		assertThat(stream.state()).isEqualTo(StreamState.CONNECTED);
		// The transport is idle, so nothing may be asked of it
		this.fixture.when(() -> {
			stream.requestTx();
			stream.grantCredit(1);
		});
		assertThat(this.fixture.when(stream::resumeReceiving)).containsExactly("rx[S] a", "rx[E] ", "QOS_ACK_REMOTE 0",
				"DISCONNECTED");
	}

	@Test
	void lossIsNotHeldBackWithoutPayload() {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(stream::pauseReceiving);
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED", "ALL_RETRIES_FAILED");
		this.fixture.when(stream::connect);
		this.fixture.connected();
		assertThat(transport().isPaused()).isTrue();
	}

	@Test
	void disconnectDropsHeldPayload() {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(stream::pauseReceiving);
		this.fixture.when(() -> transport().receive("a"));
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("DISCONNECTED");
		assertThat(this.fixture.when(stream::resumeReceiving)).isEmpty();
	}

	@Test
	void closeDropsHeldPayload() {
		SecureStream stream = connected(policy().ws());
		this.fixture.when(stream::pauseReceiving);
		this.fixture.when(() -> {
			transport().receive("a");
			transport().lose();
		});
		assertThat(this.fixture.when(stream::close)).containsExactly("DISCONNECTED", "DESTROYING");
	}

	@Test
	void pauseAndResumeInOneCallbackIsNothing() {
		connected(policy().ws());
		this.fixture.handler.onReceive((stream) -> {
			stream.pauseReceiving();
			stream.resumeReceiving();
		});
		assertThat(this.fixture.when(() -> {
			transport().receive("a");
			transport().receive("b");
		})).containsExactly("rx[SE] a", "rx[SE] b");
		assertThat(transport().calls).containsExactly("connect");
	}

	@Test
	void pauseWhileConnectingLetsTheHandshakeBeRead() {
		this.fixture = EngineFixture.with(policy().ws().nailedUp());
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::pauseReceiving);
		assertThat(transport().isPaused()).isFalse();
		this.fixture.connected();
		assertThat(transport().isPaused()).isTrue();
	}

	@Test
	void pauseFromElsewhere() {
		SecureStream stream = connected(policy().ws());
		stream.pauseReceiving();
		this.fixture.loop.run();
		assertThat(this.fixture.when(() -> transport().receive("a"))).isEmpty();
		stream.resumeReceiving();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("rx[SE] a");
	}

	@Test
	void reportsInsideACallbackComeAfterIt() {
		SecureStream stream = connected(policy().mqtt());
		// As if another stream of the same connection caused them
		this.fixture.handler.on(StreamState.TIMEOUT, (self) -> {
			transport().receive("a");
			transport().accepted(7);
			transport().receive("b");
			transport().lose();
			self.requestTx();
		});
		stream.startTimeout(Duration.ofMillis(1));
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT", "rx[SE] a", "QOS_ACK_REMOTE 7", "rx[SE] b",
				"DISCONNECTED", "ALL_RETRIES_FAILED", "POLL", "CONNECTING");
	}

	@Test
	void reportsInsideACallbackThatClosesAreDropped() {
		SecureStream stream = connected(policy().mqtt());
		this.fixture.handler.on(StreamState.TIMEOUT, (self) -> {
			transport().receive("a");
			self.close();
			transport().receive("b");
		});
		stream.startTimeout(Duration.ofMillis(1));
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void everyReportMayComeInsideACallback() {
		this.fixture = EngineFixture.with(policy().http("GET").perf());
		this.fixture.handler.on(StreamState.TIMEOUT, (self) -> {
			transport().link().timings(timings(null));
			transport().clientLink().userState(1234);
			transport().connected();
			transport().receive("a");
			transport().rejected(1);
			transport().complete();
		});
		SecureStream stream = this.fixture.create();
		stream.startTimeout(Duration.ofMillis(1));
		stream.connect();
		this.fixture.loop.run();
		this.fixture.handler.take();
		assertThat(this.fixture.after(1)).containsExactly("TIMEOUT", "rx[SEP] json", "perf", "user 1234", "CONNECTED",
				"rx[SE] a", "QOS_NACK_REMOTE 1", "DISCONNECTED");
	}

	@Test
	void everyWholeMessageIsDelivered() {
		connected(policy().ws());
		this.fixture.handler.onReceive((self) -> assertThat(transport().delivered).isZero());
		this.fixture.when(() -> {
			transport().receive("a", 1);
			transport().receive("b", 0);
			transport().receive("c", 2);
		});
		assertThat(transport().delivered).isEqualTo(1);
		this.fixture.handler.onReceive((self) -> assertThat(transport().delivered).isEqualTo(1));
		this.fixture.when(() -> transport().receive("d"));
		assertThat(transport().delivered).isEqualTo(2);
	}

	@Test
	void aMessageIsDeliveredOnceItsHandlerResumes() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onReceive((self) -> {
			assertThat(transport().delivered).isEqualTo(this.fixture.handler.events.size() - 1);
			self.pauseReceiving();
		});
		this.fixture.when(() -> transport().receive("a"));
		assertThat(transport().delivered).isZero();
		this.fixture.loop.inside(() -> transport().receive("b"));
		this.fixture.loop.inside(stream::pauseReceiving);
		assertThat(transport().delivered).isZero();
		this.fixture.handler.events.add("a");
		this.fixture.loop.inside(stream::resumeReceiving);
		assertThat(this.fixture.handler.take()).containsExactly("a", "rx[SE] b");
		assertThat(transport().delivered).isEqualTo(1);
		stream.resumeReceiving();
		stream.resumeReceiving();
		this.fixture.loop.run();
		assertThat(transport().delivered).isEqualTo(2);
	}

	@Test
	void aMessageWhoseHandlerFailsIsNotDelivered() {
		connected(policy().ws());
		FakeTransport lost = transport();
		this.fixture.handler.onReceive((self) -> {
			throw new IllegalStateException("handler");
		});
		this.fixture.when(() -> lost.receive("a"));
		assertThat(lost.delivered).isZero();
		assertThat(lost.isBusy()).isFalse();
	}

	@Test
	void aMessageOfAConnectionThatIsGoneIsNotDelivered() {
		SecureStream stream = connected(policy().ws());
		this.fixture.handler.onReceive(SecureStream::pauseReceiving);
		this.fixture.when(() -> transport().receive("a"));
		this.fixture.fails();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.when(stream::resumeReceiving);
		assertThat(transport().delivered).isZero();
	}

	@Test
	void payloadBeforeConnectedInsertsIt() {
		this.fixture = EngineFixture.with(policy().nailedUp());
		this.fixture.create();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> transport().receive("early", 0))).containsExactly("CONNECTED",
				"rx[-] early");
	}

	@Test
	void timingsNeedThePolicy() {
		connected(policy().http("GET"));
		assertThat(this.fixture.when(() -> transport().link().timings(timings("x")))).isEmpty();
	}

	@Test
	void timingsReachHandlerAndObservers() {
		this.fixture = EngineFixture.with(policy().http("GET").perf().nailedUp());
		List<ConnectionTimings> seen = new ArrayList<>();
		this.fixture.observers.add(new StreamObserver() {
			@Override
			public void onState(SecureStream stream, StreamState state, long ordinal) {
			}

			@Override
			public void onTimings(SecureStream stream, ConnectionTimings timings) {
				seen.add(timings);
				throw new IllegalStateException("observer");
			}
		});
		SecureStream stream = this.fixture.create();
		List<String> texts = new ArrayList<>();
		stream.handler(new StreamHandler() {
			@Override
			public void onReceive(SecureStream self, Payload payload) {
				texts.add(payload.text());
			}
		});
		this.fixture.when(() -> transport().link().timings(timings("127.0.0.1")));
		assertThat(seen).hasSize(1);
		assertThat(texts).containsExactly("{\"peer\":\"127.0.0.1\",\"dns_us\":161,\"dns_disp\":1,\"sockconn_us\":17,"
				+ "\"tls_us\":3479,\"txn_resp_us\":3845,\"dns\":[\"127.0.0.1\"],"
				+ "\"prot_specific\":{\"protocol\":\"http\",\"resp\":200}}");
	}

	private static ConnectionTimings timings(@Nullable String peer) {
		return new ConnectionTimings(peer, 161, 1, 17, 3479, 3845, List.of("127.0.0.1"), "http", 200);
	}

}
