package io.securestreams.demo.policycheck;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.securestreams.policy.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class RetryExplanationTests {

	@Test
	void withoutRetries() {
		assertThat(RetryExplanation.of(RetryPolicy.NONE))
			.isEqualTo("gives up after the first attempt (ALL_RETRIES_FAILED)");
	}

	@Test
	void asOftenAsTheTableIsLong() {
		assertThat(explain(2, 300, 600))
			.isEqualTo("scheme \"r\": tries again after 0.3 to 0.36 s, 0.6 to 0.72 s; gives up after 3 attempts"
					+ " (ALL_RETRIES_FAILED), 0.9 to 1.1 s of waiting in all");
	}

	@Test
	void moreOftenThanTheTableIsLong() {
		assertThat(explain(5, 1000, 2000))
			.isEqualTo("scheme \"r\": tries again after 1 to 1.2 s, 2 to 2.4 s, then 3 more times after the last;"
					+ " gives up after 6 attempts (ALL_RETRIES_FAILED), 9 to 10.8 s of waiting in all");
	}

	@Test
	void lessOftenThanTheTableIsLong() {
		assertThat(explain(1, 1000, 2000)).contains("tries again after 1 to 1.2 s; gives up after 2 attempts");
	}

	@Test
	void forEver() {
		assertThat(explain(RetryPolicy.CONCEAL_FOREVER, 1000, 2000))
			.isEqualTo("scheme \"r\": tries again after 1 to 1.2 s, 2 to 2.4 s, and so on, and never gives up");
	}

	@Test
	void withTheDefaultDelay() {
		assertThat(explain(3)).contains("tries again after 3 to 3.6 s, then 2 more times");
	}

	private static String explain(int conceal, int... millis) {
		List<Duration> backoff = Arrays.stream(millis).mapToObj(Duration::ofMillis).toList();
		return RetryExplanation.of(new RetryPolicy("r", backoff, conceal, 20, Duration.ZERO, Duration.ZERO));
	}

}
