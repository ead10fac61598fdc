package io.securestreams.engine.local;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamCounts;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The totals of a stream, which are kept in less space while they are small.
 */
class StreamCountersTests {

	private final EngineFixture fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).ws());

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private List<Long> totals(SecureStream stream) {
		StreamCounts counters = stream.snapshot().counters();
		return List.of(counters.attempts(), counters.connections(), counters.receivedBytes(), counters.failures());
	}

	@Test
	void nothingIsLostWhereTotalsGrow() {
		SecureStream stream = this.fixture.create();
		for (long i = 1; i <= 600; i++) {
			this.fixture.when(stream::connect);
			this.fixture.connected();
			assertThat(totals(stream)).containsExactly(i, i, 0L, 0L);
			this.fixture.when(stream::disconnect);
		}
	}

	@Test
	void otherTotalsStartWithWhatWasCountedBefore() {
		SecureStream stream = this.fixture.create();
		for (int i = 0; i < 3; i++) {
			this.fixture.when(stream::connect);
			this.fixture.connected();
			this.fixture.when(() -> this.fixture.transport().receive("four", PayloadFlags.SOM | PayloadFlags.EOM));
			this.fixture.when(stream::disconnect);
		}
		assertThat(totals(stream)).containsExactly(3L, 3L, 12L, 0L);
	}

}
