package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamObserver;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownMetadataException;
import io.securestreams.testing.StreamPolicies;

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
	void removedStreamTypeFailsAtTheNextAttempt() {
		this.fixture = EngineFixture.with(policy().nailedUp().retry(StreamPolicies.retry(5, 100)));
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		update();
		this.fixture.handler.take();
		assertThat(this.fixture.fails()).containsExactly("DISCONNECTED");
		assertThat(this.fixture.after(100)).containsExactly("POLL", "CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
		assertThat(stream.lastFailure()).extracting(StreamFailure::phase).isEqualTo(StreamFailure.Phase.POLICY);
		this.fixture.loop.assertIdle();
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING", "UNREACHABLE",
				"ALL_RETRIES_FAILED");
	}

	@Test
	void removedStreamTypeMayComeBack() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		update();
		assertThat(this.fixture.when(stream::connect)).endsWith("ALL_RETRIES_FAILED");
		update(policy());
		assertThat(this.fixture.when(stream::connect)).containsExactly("CONNECTING");
		assertThat(this.fixture.transport().isBusy()).isTrue();
	}

	@Test
	void streamTypeThatBecomesAServerFailsLikeARemovedOne() {
		this.fixture = EngineFixture.with(policy());
		SecureStream stream = this.fixture.create();
		update(policy().server());
		assertThat(this.fixture.when(stream::connect)).endsWith("CONNECTING", "UNREACHABLE", "ALL_RETRIES_FAILED");
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

	@Test
	void acceptedStreamsKeepThePolicyOfTheirListener() {
		this.fixture = EngineFixture.with(policy().server().ws());
		this.fixture.engine().listen(EngineFixture.TYPE, () -> this.fixture.handler);
		this.fixture.when(() -> this.fixture.network.accept(this.fixture.loop));
		update();
		assertThat(this.fixture.engine().streams()).hasSize(1);
		assertThat(Set.of(this.fixture.engine().streams().iterator().next().policy().name()))
			.containsExactly(EngineFixture.TYPE);
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
