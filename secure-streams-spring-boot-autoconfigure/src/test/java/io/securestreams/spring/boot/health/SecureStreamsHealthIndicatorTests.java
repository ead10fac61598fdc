package io.securestreams.spring.boot.health;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.securestreams.spring.endpoint.SecureStreamHandlerRegistry;
import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecureStreamsHealthIndicator}.
 */
class SecureStreamsHealthIndicatorTests {

	private final FakeStreamFactory streams = new FakeStreamFactory(TestPolicies.POLICY);

	private final SecureStreamHandlerRegistry registry = new SecureStreamHandlerRegistry(this.streams, List::of,
			Duration.ZERO);

	private final SecureStreamsHealthIndicator indicator = new SecureStreamsHealthIndicator(this.streams,
			this.registry);

	@Test
	void outOfServiceWhileNothingRuns() {
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void upWithStreamsByState() {
		this.registry.start();
		create("mintest", StreamState.CONNECTED);
		create("mintest", StreamState.CONNECTED);
		create("bytes", StreamState.UNREACHABLE);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("streams",
				Map.of(StreamState.CONNECTED, 2L, StreamState.UNREACHABLE, 1L));
		assertThat(health.getDetails()).containsEntry("servers", 0);
	}

	@Test
	void streamsThatNeedNotBeConnectedMayFail() {
		this.registry.start();
		create("mintest", StreamState.ALL_RETRIES_FAILED);
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void downWhenANailedUpStreamHasGivenUp() {
		this.registry.start();
		create("telemetry", StreamState.ALL_RETRIES_FAILED);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("allRetriesFailed", List.of("telemetry#1"));
	}

	@Test
	void downWhileAnEventLoopIsBlocked() {
		this.registry.start();
		this.streams.loop(new EventLoopState("loop-1", Duration.ofSeconds(7), 1));
		this.streams.loop(new EventLoopState("loop-2", Duration.ZERO, 3));
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("eventLoopsBlocked", Map.of("loop-1", Duration.ofSeconds(7)));
	}

	private void create(String streamType, StreamState state) {
		this.streams.create(streamType, new StreamHandler() {
		});
		this.streams.lastFake().announce(state);
	}

}
