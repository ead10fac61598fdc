package io.securestreams.spring.boot.metrics;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.securestreams.spring.testing.FakeStreamFactory;
import io.securestreams.spring.testing.TestPolicies;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecureStreamsMetrics}.
 */
class SecureStreamsMetricsTests {

	private final FakeStreamFactory streams = new FakeStreamFactory(TestPolicies.POLICY);

	private final SecureStreamsMetrics metrics = new SecureStreamsMetrics(() -> this.streams);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void liveStreamsByRole() {
		this.metrics.bindTo(this.registry);
		this.streams.create("mintest", new StreamHandler() {
		});
		this.streams.listen("chat", () -> new StreamHandler() {
		});
		this.streams.fakeServer("chat").accept();
		this.streams.fakeServer("chat").accept();
		assertThat(this.registry.get("secure.streams.active").tag("role", "CLIENT").gauge().value()).isEqualTo(1);
		assertThat(this.registry.get("secure.streams.active").tag("role", "ACCEPTED").gauge().value()).isEqualTo(2);
		this.streams.fake("mintest").close();
		assertThat(this.registry.get("secure.streams.active").tag("role", "CLIENT").gauge().value()).isZero();
	}

	@Test
	void blockedEventLoops() {
		this.metrics.bindTo(this.registry);
		this.streams.loop(new EventLoopState("loop-1", Duration.ofSeconds(7), 1));
		this.streams.loop(new EventLoopState("loop-2", Duration.ZERO, 3));
		assertThat(this.registry.get("secure.streams.event.loops").gauge().value()).isEqualTo(2);
		assertThat(this.registry.get("secure.streams.event.loops.blocked").gauge().value()).isEqualTo(1);
		assertThat(this.registry.get("secure.streams.event.loops.blockings").functionCounter().count()).isEqualTo(4);
	}

	@Test
	void statesAndTimings() {
		this.streams.create("mintest", new StreamHandler() {
		});
		this.metrics.onState(this.streams.lastFake(), StreamState.CREATING, 0);
		this.metrics.bindTo(this.registry);
		this.metrics.onState(this.streams.lastFake(), StreamState.CONNECTED, 0);
		this.metrics.onState(this.streams.lastFake(), StreamState.CONNECTED, 0);
		this.metrics.onTimings(this.streams.lastFake(),
				new ConnectionTimings(null, 0, 0, 1000, 2000, 3000, List.of(), null, 0));
		assertThat(this.registry.get("secure.streams.states")
			.tags("streamtype", "mintest", "state", "CONNECTED")
			.counter()
			.count()).isEqualTo(2);
		assertThat(this.registry.find("secure.streams.states").tag("state", "CREATING").counter()).isNull();
		assertThat(this.registry.get("secure.streams.connection")
			.tags("streamtype", "mintest", "part", "tls")
			.timer()
			.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(2000);
		assertThat(this.registry.find("secure.streams.connection").tag("part", "dns").timer()).isNull();
	}

}
