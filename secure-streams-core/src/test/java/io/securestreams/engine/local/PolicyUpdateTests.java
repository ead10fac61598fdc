package io.securestreams.engine.local;

import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownMetadataException;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.testing.StreamPolicies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A new policy under live streams.
 */
class PolicyUpdateTests {

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

	private void update(StreamPolicies... streamTypes) {
		this.fixture.engine().updatePolicy((current) -> StreamPolicies.policy(streamTypes));
		this.fixture.loop.run();
	}

	@Test
	void liveConnectionStaysAndTheNextOneIsNew() {
		this.fixture = EngineFixture.with(policy().ws().nailedUp().retry(StreamPolicies.retry(5, 100)));
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.handler.take();
		update(policy().ws().endpoint("other.example", 2000).retry(StreamPolicies.retry(5, 700)));
		assertThat(stream.policy().endpoint().port()).isEqualTo(1000);
		assertThat(this.fixture.transport().isBusy()).isTrue();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING");
		assertThat(this.fixture.network.transports).hasSize(2);
		assertThat(this.fixture.transport().clientLink().target().address())
			.isEqualTo(new Address.Host("other.example", 2000));
		assertThat(stream.policy().endpoint().port()).isEqualTo(2000);
		this.fixture.fails();
		assertThat(this.fixture.loop.nextDelay()).isEqualTo(700);
	}

	@Test
	void sameStreamPolicyKeepsItsTransport() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.when(stream::disconnect);
		this.fixture.engine()
			.updatePolicy((current) -> new Policy("2", "", 1, null, current.retries(), current.certificates(),
					current.trustStores(), current.auth(), current.metrics(), current.streamTypes()));
		this.fixture.when(stream::connect);
		assertThat(this.fixture.network.transports).hasSize(1);
	}

	@Test
	void idleStreamTakesTheNewPolicyAtOnce() {
		this.fixture = EngineFixture.with(policy().metadata("old", "").metadata("both", "x-both:"));
		SecureStream stream = this.fixture.create();
		stream.metadata().set("both", "kept").set("old", "gone");
		update(policy().metadata("new", "").metadata("both", "x-both:"));
		assertThat(stream.metadata().asMap()).containsOnlyKeys("both").containsValue("kept");
		stream.metadata().set("new", "value");
		assertThat(stream.metadata().asMap()).containsOnlyKeys("new", "both");
		assertThatExceptionOfType(UnknownMetadataException.class).isThrownBy(() -> stream.metadata().get("old"));
	}

	@Test
	void newStreamsUseTheNewPolicy() {
		this.fixture = EngineFixture.with(policy());
		this.fixture.engine();
		update(policy().endpoint("other.example", 2000).nailedUp());
		this.fixture.create();
		assertThat(this.fixture.transport().clientLink().target().address())
			.isEqualTo(new Address.Host("other.example", 2000));
	}

	@Test
	void changeThatThrowsChangesNothing() {
		this.fixture = EngineFixture.with(policy());
		Policy before = this.fixture.engine().policy();
		assertThatIllegalStateException().isThrownBy(() -> this.fixture.engine().updatePolicy((current) -> {
			throw new IllegalStateException("bad policy");
		}));
		assertThat(this.fixture.engine().policy()).isSameAs(before);
	}

	@Test
	void observersAreToldAndMayThrow() {
		this.fixture = EngineFixture.with(policy());
		List<Policy> seen = new ArrayList<>();
		this.fixture.observers.add(new PolicyObserver((before, after) -> {
			throw new IllegalStateException("observer");
		}));
		this.fixture.observers.add(new PolicyObserver((before, after) -> seen.addAll(List.of(before, after))));
		Policy before = this.fixture.engine().policy();
		update(policy().endpoint("other.example", 2000));
		assertThat(seen).containsExactly(before, this.fixture.engine().policy());
	}

	@Test
	void anEqualPolicyChangesNothing() {
		this.fixture = EngineFixture.with(policy().ws());
		List<Policy> seen = new ArrayList<>();
		this.fixture.observers.add(new PolicyObserver((before, after) -> seen.add(after)));
		Policy before = this.fixture.engine().policy();
		update(policy().ws());
		assertThat(this.fixture.engine().policy()).isSameAs(before);
		assertThat(seen).isEmpty();
	}

	@Test
	void whatIsEqualInANewPolicyStaysTheVerySame() {
		this.fixture = EngineFixture.with(policy().retry(StreamPolicies.retry(5, 100)));
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.when(stream::disconnect);
		StreamPolicy before = stream.policy();
		update(policy().retry(StreamPolicies.retry(5, 100)), StreamPolicies.named("another"));
		assertThat(this.fixture.engine().policy().streamTypes()).containsKeys("another");
		assertThat(stream.policy()).isSameAs(before);
		this.fixture.when(stream::connect);
		assertThat(this.fixture.network.transports).hasSize(1);
	}

	@Test
	void idleStreamOfARemovedStreamTypeEnds() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		update();
		assertThat(this.fixture.handler.take()).containsExactly("DESTROYING");
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.POLICY);
		assertThat(stream.isClosed()).isTrue();
	}

	@Test
	void transactionOfARemovedStreamTypeEndsFirst() {
		this.fixture = EngineFixture.with(policy().http("GET"));
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		update();
		assertThat(this.fixture.handler.take()).isEmpty();
		assertThat(this.fixture.succeeds()).containsExactly("QOS_ACK_REMOTE 0", "DISCONNECTED", "DESTROYING");
	}

	@Test
	void transactionOfARemovedStreamTypeDoesNotGoOnForEver() {
		this.fixture = EngineFixture.with(policy().http("GET"));
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		this.fixture.connected();
		this.fixture.handler.take();
		update();
		update(StreamPolicies.named("another"));
		assertThat(this.fixture.after(299_999)).isEmpty();
		assertThat(this.fixture.after(1)).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(this.fixture.transport().isBusy()).isFalse();
		assertThat(stream.isClosed()).isTrue();
	}

	@Test
	void connectionOfARemovedStreamTypeEndsWhenItIsIdle() {
		this.fixture = EngineFixture.with(policy().ws().nailedUp());
		this.fixture.create();
		this.fixture.connected();
		this.fixture.handler.take();
		update();
		assertThat(this.fixture.handler.take()).containsExactly("DISCONNECTED", "DESTROYING");
		assertThat(this.fixture.transport().isBusy()).isFalse();
	}

	@Test
	void whatWaitsToBeSentOnARemovedStreamTypeIsSentFirst() {
		this.fixture = EngineFixture.with(policy().ws());
		SecureStream stream = this.fixture.create();
		CompletableFuture<Long> sent = new CompletableFuture<>();
		this.fixture.when(() -> stream.send(new byte[3]).whenComplete((ordinal, failure) -> sent.complete(ordinal)));
		this.fixture.connected();
		this.fixture.handler.take();
		update();
		assertThat(this.fixture.handler.take()).isEmpty();
		assertThat(this.fixture.when(() -> this.fixture.transport().writable(100))).containsExactly("DISCONNECTED",
				"DESTROYING");
		assertThat(sent).isCompletedWithValue(0L);
	}

	@Test
	void streamWaitingForARetryOfARemovedStreamTypeEnds() {
		this.fixture = EngineFixture.with(policy().nailedUp().retry(StreamPolicies.retry(5, 100)));
		this.fixture.create();
		this.fixture.fails();
		update();
		assertThat(this.fixture.handler.take()).containsExactly("DESTROYING");
	}

	@Test
	void streamTypeThatBecomesAServerEndsLikeARemovedOne() {
		this.fixture = EngineFixture.with(policy());
		this.fixture.create();
		this.fixture.handler.take();
		update(policy().server());
		assertThat(this.fixture.handler.take()).containsExactly("DESTROYING");
	}

	@Test
	void attemptThatComesBeforeTheNewsFails() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		this.fixture.handler.take();
		this.fixture.loop.inside(() -> {
			stream.connect();
			this.fixture.engine().updatePolicy((current) -> StreamPolicies.policy());
		});
		assertThat(this.fixture.handler.take()).endsWith("DESTROYING").doesNotContain("CONNECTED");
	}

	@Test
	void proxyIsTheStreamsThePolicysOrTheProcess() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		this.fixture.when(stream::connect);
		assertThat(this.fixture.transport().clientLink().socks5()).isNull();
		Socks5Proxy proxy = Socks5Proxy.parse("proxy.example:1080");
		this.fixture.engine()
			.updatePolicy((current) -> new Policy("", "", 1, proxy, current.retries(), current.certificates(),
					current.trustStores(), current.auth(), current.metrics(), current.streamTypes()));
		// Not before the next connection
		assertThat(this.fixture.transport().clientLink().socks5()).isNull();
		this.fixture.when(stream::disconnect);
		this.fixture.when(stream::connect);
		assertThat(this.fixture.transport().clientLink().socks5()).isEqualTo(proxy);
	}

	private StreamServer listen(StreamPolicies policy) {
		this.fixture = EngineFixture.with(policy);
		StreamServer server = this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler);
		this.fixture.when(() -> this.fixture.network.accept(this.fixture.loop));
		this.fixture.handler.take();
		return server;
	}

	@Test
	void listenerThatHasNotChangedIsLeftAlone() {
		StreamServer server = listen(policy().server().ws());
		update(policy().server().ws(), StreamPolicies.named("another"));
		assertThat(this.fixture.network.listened).hasSize(1);
		assertThat(server.clients()).hasSize(1);
		assertThat(this.fixture.handler.take()).isEmpty();
	}

	@Test
	void listenerThatHasChangedIsBoundAnewAndItsStreamsStay() {
		StreamServer server = listen(policy().server().ws());
		update(policy().server().ws().metadata("new", ""));
		assertThat(this.fixture.network.listenerClosed).isTrue();
		assertThat(this.fixture.network.listened).hasSize(2);
		SecureStream older = server.clients().iterator().next();
		assertThat(older.policy().metadata()).isEmpty();
		assertThat(this.fixture.handler.take()).isEmpty();
		this.fixture.when(() -> this.fixture.network.accept(this.fixture.loop));
		assertThat(server.clients()).hasSize(2)
			.anySatisfy((client) -> assertThat(client.policy().metadata()).hasSize(1));
	}

	@Test
	void listenerThatCannotBeBoundAnewGoesOnAsBefore() {
		StreamServer server = listen(policy().server().ws());
		this.fixture.network.bindFailure = new BindException("in use");
		this.fixture.network.bindFailureOnce = true;
		update(policy().server().ws().metadata("new", ""));
		assertThat(this.fixture.network.listened).hasSize(2);
		this.fixture.when(() -> this.fixture.network.accept(this.fixture.loop));
		assertThat(server.clients()).hasSize(2)
			.allSatisfy((client) -> assertThat(client.policy().metadata()).isEmpty());
		// The next policy is tried again
		update(policy().server().ws().metadata("newer", ""));
		assertThat(this.fixture.network.listened).hasSize(3);
	}

	@Test
	void removedListenerEndsWithItsStreams() {
		StreamServer server = listen(policy().server().ws());
		update();
		assertThat(this.fixture.network.listenerClosed).isTrue();
		this.fixture.loop.advance(30_000);
		assertThat(this.fixture.handler.take()).containsExactly("DESTROYING");
		assertThat(this.fixture.engine().servers()).isEmpty();
		assertThat(server.snapshot().state()).isEqualTo(StreamState.DESTROYING);
	}

	@Test
	void listenerThatIsClosedDoesNotFollow() {
		StreamServer server = listen(policy().server().ws());
		server.close();
		update(policy().server().ws().metadata("new", ""));
		assertThat(this.fixture.network.listened).hasSize(1);
		assertThat(this.fixture.engine().servers()).isEmpty();
	}

	private record PolicyObserver(BiConsumer<Policy, Policy> changed) implements StreamObserver {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
		}

		@Override
		public void onPolicyChanged(Policy before, Policy after) {
			this.changed.accept(before, after);
		}

	}

}
