package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * When the policy is fetched next. Whatever many applications have in common, a start or
 * a server that was away, they do not come back together: every delay is random.
 */
final class FetchSchedule {

	/** Least time after a first failure. */
	static final Duration FIRST_RETRY = Duration.ofSeconds(5);

	/** Most time between attempts, however long the failure lasts. */
	static final Duration LAST_RETRY = Duration.ofMinutes(10);

	/** Delays of success differ by so much of the interval, up and down. */
	private static final double JITTER = 0.1;

	private static final int MAX_DOUBLINGS = 20;

	private final Duration interval;

	private final RandomGenerator random;

	private int failures;

	/**
	 * Makes a schedule.
	 * @param interval time between fetches; zero to fetch once only
	 * @param random spreads them
	 */
	FetchSchedule(Duration interval, RandomGenerator random) {
		this.interval = interval;
		this.random = random;
	}

	int failures() {
		return this.failures;
	}

	/**
	 * After a fetch that has reached the server.
	 * @return when to fetch next, or {@code null} for never
	 */
	@Nullable Duration succeeded() {
		this.failures = 0;
		if (this.interval.isZero()) {
			return null;
		}
		return scaled(this.interval, 1 - JITTER + 2 * JITTER * this.random.nextDouble());
	}

	/**
	 * After a fetch that has not.
	 * @param retryAfter what the server asks for, or {@code null}
	 * @return when to try again
	 */
	Duration failed(@Nullable Duration retryAfter) {
		Duration most = (this.interval.isZero() || this.interval.compareTo(LAST_RETRY) > 0) ? LAST_RETRY
				: this.interval;
		Duration base = FIRST_RETRY.multipliedBy(1L << Math.min(this.failures, MAX_DOUBLINGS));
		this.failures++;
		base = (base.compareTo(most) < 0) ? base : most;
		// Between half of it and all of it
		Duration delay = scaled(base, 0.5 + 0.5 * this.random.nextDouble());
		if (retryAfter != null && retryAfter.compareTo(delay) > 0) {
			// Who obeys is not to come back in step with all others who do
			Duration bounded = (retryAfter.compareTo(Duration.ofDays(1)) > 0) ? Duration.ofDays(1) : retryAfter;
			return bounded.plus(delay);
		}
		return delay;
	}

	private static Duration scaled(Duration duration, double factor) {
		return Duration.ofMillis(Math.max(1, Math.round(duration.toMillis() * factor)));
	}

}
