package io.securestreams.transport.websocket;

import org.junit.jupiter.api.Test;

import io.securestreams.testing.ManualExecutor;

import static org.assertj.core.api.Assertions.assertThat;

class IdleWatchTests {

	@Test
	void whatIsUsedIsNotIdle() {
		ManualExecutor executor = new ManualExecutor();
		int[] idle = new int[1];
		IdleWatch watch = new IdleWatch(executor, () -> idle[0]++);
		for (int i = 0; i < 10; i++) {
			executor.inside(watch::used);
			executor.advance(IdleWatch.INTERVAL_MILLIS - 1);
		}
		assertThat(idle[0]).isZero();
		executor.advance(2 * IdleWatch.INTERVAL_MILLIS);
		assertThat(idle[0]).isEqualTo(1);
		executor.advance(10 * IdleWatch.INTERVAL_MILLIS);
		assertThat(idle[0]).isEqualTo(1);
		executor.inside(watch::used);
		executor.inside(watch::stop);
		executor.advance(10 * IdleWatch.INTERVAL_MILLIS);
		assertThat(idle[0]).isEqualTo(1);
	}

}
