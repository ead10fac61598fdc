package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.AuthScheme;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamCounts;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.testing.FakeTransportFactory;
import io.securestreams.testing.StreamPolicies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a client stream announces, in which order.
 */
class ClientLifeCycleTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private static StreamPolicies raw() {
		return StreamPolicies.named(EngineFixture.TYPE);
	}

	private SecureStream create(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		return this.fixture.create();
	}

	@Test
	void getThatSucceeds() {
		SecureStream stream = create(raw().http("GET").opportunistic());
		stream.requestTx();
		this.fixture.loop.run();
		this.fixture.when(() -> {
			this.fixture.transport().clientLink().userState(1530);
			this.fixture.transport().connected();
			this.fixture.transport().receive("body", 1);
			this.fixture.transport().receive("", 2);
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		});
		this.fixture.handler.events.clear();
		stream.requestTx();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("POLL", "CONNECTING");
		assertThat(this.fixture.when(() -> {
			this.fixture.transport().clientLink().userState(1530);
			this.fixture.transport().connected();
			this.fixture.transport().receive("body", 1);
			this.fixture.transport().receive("", 2);
			this.fixture.transport().accepted(0);
			this.fixture.transport().complete();
		})).containsExactly("user 1530", "CONNECTED", "rx[S] body", "rx[E] ", "QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(stream.lastFailure()).isNull();
	}

	@Test
	void optionsReachTheTransport() {
		this.fixture = EngineFixture.with(raw());
		SecureStream stream = this.fixture.engine()
			.create(EngineFixture.TYPE, this.fixture.handler, new StreamOptions(1000));
		stream.connect();
		this.fixture.loop.run();
		assertThat(this.fixture.transport().clientLink().options()).isEqualTo(new StreamOptions(1000));
		this.fixture.create().connect();
		this.fixture.loop.run();
		assertThat(this.fixture.transport().clientLink().options()).isEqualTo(StreamOptions.DEFAULTS);
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamOptions(-2))
			.withMessage("initialCredit: -2 (expected: 0 or more, or -1 for automatic)");
	}

	@Test
	void createAnnouncesNothingButCreating() {
		SecureStream stream = create(raw());
		assertThat(this.fixture.handler.take()).containsExactly("CREATING");
		assertThat(stream.state()).isEqualTo(StreamState.CREATING);
		assertThat(this.fixture.network.transports).isEmpty();
	}

	@Test
	void createOnTheEventLoopAnnouncesBeforeItReturns() {
		this.fixture = EngineFixture.with(raw());
		this.fixture.loop.inside(() -> {
			this.fixture.engine().create(EngineFixture.TYPE, this.fixture.handler);
			assertThat(this.fixture.handler.events).containsExactly("CREATING");
		});
	}

	@Test
	void createFromElsewhereAnnouncesOnTheEventLoop() {
		this.fixture = EngineFixture.with(raw());
		this.fixture.engine().create(EngineFixture.TYPE, this.fixture.handler).connect();
		assertThat(this.fixture.handler.events).isEmpty();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING");
	}

	@Test
	void nailedUpConnectsByItself() {
		create(raw().nailedUp());
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING");
		assertThat(this.fixture.connected()).containsExactly("CONNECTED");
	}

	@Test
	void nailedUpAndConnectInCreatingIsOneConnection() {
		this.fixture = EngineFixture.with(raw().nailedUp());
		this.fixture.handler.on(StreamState.CREATING, (stream) -> {
			stream.connect();
			stream.requestTx();
			stream.connect();
		});
		this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING");
		assertThat(this.fixture.transport().calls).containsExactly("connect", "requestWrite");
	}

	@Test
	void connectWhileConnectedOrConnectingDoesNothing() {
		SecureStream stream = create(raw());
		stream.connect();
		stream.connect();
		this.fixture.loop.run();
		stream.connect();
		this.fixture.loop.run();
		this.fixture.connected();
		stream.connect();
		assertThat(this.fixture.when(stream::connect)).isEmpty();
		assertThat(this.fixture.transport().calls).containsExactly("connect");
	}

	@Test
	void nailedUpReconnectsAfterALoss() {
		create(raw().nailedUp().ws().retry(StreamPolicies.retry(5, 100)));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(99)).isEmpty();
		assertThat(this.fixture.after(1)).containsExactly("POLL", "CONNECTING");
		assertThat(this.fixture.connected()).containsExactly("CONNECTED");
	}

	@Test
	void opportunisticStaysIdleAfterALoss() {
		SecureStream stream = create(raw().nailedUp().opportunistic().retry(StreamPolicies.retry(5, 100)));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void opportunisticRetriesFailedAttempts() {
		create(raw().nailedUp().opportunistic().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void disconnectWhileConnectedIsFinal() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("DISCONNECTED");
		this.fixture.loop.assertIdle();
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.APPLICATION);
		assertThat(this.fixture.transport().isBusy()).isFalse();
	}

	@Test
	void disconnectWhileConnectingIsAFailedAttemptWithoutRetry() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::disconnect)).containsExactly("UNREACHABLE");
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.transport().isBusy()).isFalse();
	}

	@Test
	void disconnectStopsAPendingRetry() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.fails();
		assertThat(this.fixture.when(stream::disconnect)).isEmpty();
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING");
	}

	@Test
	void disconnectThenConnectConnectsAgain() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		stream.disconnect();
		stream.connect();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("DISCONNECTED", "CONNECTING");
		stream.connect();
		stream.disconnect();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).containsExactly("UNREACHABLE");
	}

	@Test
	void closeEndsAConnectedStream() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::close)).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(stream.isClosed()).isTrue();
		assertThat(this.fixture.engine().streams()).isEmpty();
		assertThat(this.fixture.transport().calls).containsExactly("connect", "close");
	}

	@Test
	void closeEndsAConnectingStream() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::close)).containsExactly("DESTROYING");
		assertThat(this.fixture.transport().isBusy()).isFalse();
	}

	@Test
	void closeEndsAPendingRetry() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.fails();
		assertThat(this.fixture.when(stream::close)).containsExactly("DESTROYING");
		this.fixture.loop.assertIdle();
	}

	@Test
	void operationsAfterCloseDoNothing() {
		SecureStream stream = create(raw().nailedUp());
		this.fixture.when(stream::close);
		assertThat(this.fixture.when(() -> {
			stream.close();
			stream.connect();
			stream.requestTx();
			stream.requestTx(5);
			stream.disconnect();
			stream.startTimeout(Duration.ofSeconds(1));
			stream.cancelTimeout();
			stream.grantCredit(1);
			stream.pauseReceiving();
			stream.resumeReceiving();
			stream.confirmValidity();
		})).isEmpty();
		stream.close();
		stream.requestTx();
		this.fixture.loop.run();
		assertThat(this.fixture.handler.take()).isEmpty();
		this.fixture.loop.assertIdle();
	}

	@Test
	void aClientHasNoRequestToAnswer() {
		SecureStream stream = create(raw());
		assertThatIllegalStateException().isThrownBy(stream::acknowledge)
			.withMessageContaining("has no request to answer");
		assertThatIllegalStateException().isThrownBy(() -> stream.answer(200));
		assertThatIllegalStateException().isThrownBy(stream::reject);
	}

	@Test
	void transportMayFailBeforeConnectReturns() {
		this.fixture = EngineFixture.with(raw().nailedUp().retry(StreamPolicies.retry(1, 100)));
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::lose;
		this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@Test
	void transportMayDoEverythingBeforeConnectReturns() {
		this.fixture = EngineFixture.with(raw().nailedUp().http("GET"));
		this.fixture.network.prepare = (transport) -> transport.onConnect = () -> {
			transport.connected();
			transport.receive("all");
			transport.accepted(0);
			transport.complete();
		};
		SecureStream stream = this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING", "CONNECTED", "rx[SE] all",
				"QOS_ACK_REMOTE 0", "DISCONNECTED");
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "CONNECTED",
				"rx[SE] all", "QOS_ACK_REMOTE 0", "DISCONNECTED");
	}

	@Test
	void applicationThatAlwaysConnectsAgainDoesNotStopTheWorld() {
		this.fixture = EngineFixture.with(raw());
		this.fixture.network.prepare = (transport) -> transport.onConnect = transport::lose;
		int[] budget = { 500 };
		this.fixture.handler.on(StreamState.ALL_RETRIES_FAILED, (stream) -> {
			if (budget[0]-- > 0) {
				stream.connect();
			}
		});
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		assertThat(budget[0]).isPositive();
		assertThat(this.fixture.loop.nextDelay()).isPositive();
		this.fixture.after(10_000);
		assertThat(budget[0]).isNegative();
	}

	@Test
	void transportThatThrowsIsAFailedAttempt() {
		this.fixture = EngineFixture.with(raw().nailedUp());
		this.fixture.network.prepare = (transport) -> transport.onConnect = () -> {
			throw new IllegalStateException("broken");
		};
		SecureStream stream = this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING", "UNREACHABLE",
				"ALL_RETRIES_FAILED");
		assertThat(stream.lastFailure()).extracting(StreamFailure::message).asString().contains("broken");
	}

	@Test
	void nameServersOutOfReachShowInUnreachable() {
		create(raw().nailedUp());
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport()
			.lose(StreamFailure.unsent(StreamFailure.Phase.NAME_SERVER, "no answer", "peer.example:1000", null))))
			.containsExactly("UNREACHABLE 1", "ALL_RETRIES_FAILED");
	}

	@Test
	void credentialsThatAreRefusedHaveAStateOfTheirOwn() {
		StreamFailure refused = StreamFailure.unsent(StreamFailure.Phase.AUTH, "refused", "peer.example:1000", null);
		create(raw().nailedUp().retry(StreamPolicies.retry(1, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport().lose(refused))).containsExactly("AUTH_FAILED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
		assertThat(this.fixture.when(() -> this.fixture.transport().lose(refused))).containsExactly("AUTH_FAILED",
				"ALL_RETRIES_FAILED");
	}

	@Test
	void credentialsMayBeRefusedOnAConnection() {
		SecureStream stream = create(raw().ws().opportunistic().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport()
			.lose(StreamFailure.sent(StreamFailure.Phase.AUTH, "expired", "peer.example:1000", null))))
			.containsExactly("AUTH_FAILED", "DISCONNECTED");
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.AUTH);
	}

	@Test
	void failureIsKeptUntilTheNextSuccess() {
		SecureStream stream = create(raw().nailedUp().retry(StreamPolicies.retry(RetryPolicy.CONCEAL_FOREVER, 100)));
		this.fixture.fails();
		assertThat(stream.lastFailure()).extracting(StreamFailure::message).isEqualTo("refused");
		assertThat(stream.snapshot().retryCount()).isEqualTo(1);
		this.fixture.after(100);
		assertThat(stream.lastFailure()).isNotNull();
		this.fixture.connected();
		assertThat(stream.lastFailure()).isNull();
		this.fixture.after(100);
		assertThat(stream.snapshot().retryCount()).isZero();
	}

	@Test
	void snapshotCounts() {
		SecureStream stream = create(raw().mqtt().nailedUp());
		this.fixture.handler.onWritable((self, slot) -> slot.write("four").end());
		this.fixture.connected();
		stream.requestTx();
		this.fixture.loop.advance(5);
		this.fixture.when(() -> {
			this.fixture.transport().writable(100);
			this.fixture.transport().receive("abc", 1);
			this.fixture.transport().receive("de", 2);
			this.fixture.transport().accepted(0);
			this.fixture.transport().rejected(0);
		});
		assertThat(stream.snapshot().counters()).isEqualTo(StreamCounts.builder()
			.attempts(1)
			.connections(1)
			.acknowledged(1)
			.rejected(1)
			.received(5, 1)
			.sent(4, 1)
			.build());
		assertThat(stream.snapshot().peer()).isEqualTo("192.0.2.1");
		assertThat(stream.snapshot().protocol()).isEqualTo("mqtt");
		assertThat(stream.snapshot().since()).isAfter(stream.snapshot().created());
	}

	@Test
	void observersSeeStatesBeforeTheHandlerAndMayThrow() {
		this.fixture = EngineFixture.with(raw().nailedUp());
		List<String> seen = new ArrayList<>();
		this.fixture.observers.add((stream, state, ordinal) -> {
			throw new IllegalStateException("observer");
		});
		StreamObserver observer = (stream, state, ordinal) -> seen
			.add(state + " after " + this.fixture.handler.events.size());
		this.fixture.observers.add(observer);
		this.fixture.create();
		assertThat(seen).containsExactly("CREATING after 0", "CONNECTING after 1");
	}

	@Test
	void handlerMayBeReplacedInsideACallback() {
		this.fixture = EngineFixture.with(raw().nailedUp());
		io.securestreams.testing.RecordingHandler next = new io.securestreams.testing.RecordingHandler();
		this.fixture.handler.on(StreamState.CREATING, (stream) -> stream.handler(next));
		this.fixture.create();
		assertThat(this.fixture.handler.take()).containsExactly("CREATING");
		assertThat(next.take()).containsExactly("CONNECTING");
	}

	@Test
	void targetIsTheSameObjectWhileNothingChanges() {
		SecureStream stream = create(
				raw().endpoint("${host}", 80).metadata("host", "").nailedUp().retry(StreamPolicies.retry(9, 100)));
		assertThat(this.fixture.handler.take()).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(stream.lastFailure()).extracting(StreamFailure::message).isEqualTo("the endpoint is empty");
		stream.metadata().set("host", "one.example");
		this.fixture.after(200);
		Object first = this.fixture.transport().clientLink().target();
		assertThat(this.fixture.transport().clientLink().target().address())
			.isEqualTo(new Address.Host("one.example", 80));
		stream.metadata().set("host", "one.example");
		this.fixture.fails();
		this.fixture.after(200);
		assertThat(this.fixture.transport().clientLink().target()).isSameAs(first);
		stream.metadata().set("host", "two.example");
		this.fixture.fails();
		this.fixture.after(200);
		assertThat(this.fixture.transport().clientLink().target().address())
			.isEqualTo(new Address.Host("two.example", 80));
	}

	@Test
	void undeclaredSymbolInTheEndpointBacksOffWithoutConnecting() {
		SecureStream stream = create(raw().endpoint("${nope}", 80).retry(StreamPolicies.retry(1, 100)));
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL");
		assertThat(this.fixture.after(100)).containsExactly("ALL_RETRIES_FAILED");
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.POLICY);
		assertThat(this.fixture.when(stream::connect)).isEmpty();
		assertThat(this.fixture.after(100)).containsExactly("POLL", "ALL_RETRIES_FAILED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "300", "white space", "port:99999" })
	void anEndpointThatCannotBeOneIsAFailedAttempt(String text) {
		String endpoint = text.equals("300") ? "h".repeat(300) : text;
		SecureStream stream = create(
				raw().endpoint("${host}", 80).metadata("host", "").retry(StreamPolicies.retry(1, 100)));
		stream.metadata().set("host", endpoint);
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::requestTx)).containsExactly("POLL", "CONNECTING", "UNREACHABLE");
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.POLICY);
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
	}

	@Test
	void undeclaredSymbolWithoutRetriesGivesUpAtOnce() {
		SecureStream stream = create(raw().endpoint("${nope}", 80));
		this.fixture.handler.take();
		assertThat(this.fixture.when(stream::connect)).containsExactly("ALL_RETRIES_FAILED");
		assertThat(this.fixture.when(stream::connect)).containsExactly("ALL_RETRIES_FAILED");
	}

	@Test
	void unknownStreamTypeNamesTheKnown() {
		this.fixture = EngineFixture.with(raw());
		assertThatExceptionOfType(UnknownStreamTypeException.class)
			.isThrownBy(() -> this.fixture.engine().create("other", this.fixture.handler))
			.withMessageContaining("known: test");
	}

	@Test
	void serverStreamTypeIsNotCreated() {
		this.fixture = EngineFixture.with(raw().server(), StreamPolicies.named("sink").sink());
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().create(EngineFixture.TYPE, this.fixture.handler))
			.withMessageContaining("listen()");
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().create("sink", this.fixture.handler))
			.withMessageContaining("sink");
	}

	@Test
	void protocolWithoutTransportIsRefusedByName() {
		this.fixture = EngineFixture.with(raw().mqtt());
		StreamEngine engine = new StreamEngine(this.fixture.engine().policy(), this.fixture.loop,
				new FakeTransportFactory(Set.of(Protocol.RAW, Protocol.H1)).both(), () -> 0L, List.of(), null);
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> engine.create(EngineFixture.TYPE, this.fixture.handler))
			.withMessage("streamtype \"test\": protocol \"mqtt\" is not available for a client (available: h1, raw)");
	}

	@Test
	void requestThatCannotBeAuthenticatedIsNotMade() {
		this.fixture = EngineFixture.with(raw().http("GET").auth(new AuthScheme("aws", "sigv5", "", 0)));
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> this.fixture.engine().create(EngineFixture.TYPE, this.fixture.handler))
			.withMessage("streamtype \"test\": \"use_auth\" is not available with type \"sigv5\" and protocol \"h1\" "
					+ "(expected: type sigv4, lwa or client_credentials, and protocol h1, h2 or ws)");
	}

	@Test
	void reportsOutOfPlaceAreIgnored() {
		create(raw().nailedUp());
		this.fixture.connected();
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> this.fixture.transport().link().connected("again"))).isEmpty();
		this.fixture.when(() -> this.fixture.transport().lose());
		this.fixture.handler.take();
		assertThat(this.fixture.when(() -> {
			this.fixture.transport().link().acknowledged(1);
			this.fixture.transport().link().connected("late");
			this.fixture.transport().link().completed();
			this.fixture.transport().link().writable(5);
		})).isEmpty();
	}

	@Test
	void numbersOfOurOwnStatesAreNoUserStates() {
		create(raw().http("GET").nailedUp());
		this.fixture.handler.take();
		assertThat(
				this.fixture.when(() -> this.fixture.transport().clientLink().userState(StreamState.DESTROYING.code())))
			.isEmpty();
	}

}
