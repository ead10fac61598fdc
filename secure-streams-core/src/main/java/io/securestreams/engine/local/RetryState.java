package io.securestreams.engine.local;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.RetryPolicy;

/**
 * Counts the failures of one stream since its last success.
 */
final class RetryState {

	/** Answer of {@link #failed} when the application has to be told. */
	static final long GIVE_UP = -1;

	private static final int MAX_FAILURES = 65535;

	/** A policy with a delay of 0 must not keep a core busy. */
	private static final long MIN_DELAY_MILLIS = 10;

	/** What a peer may ask for; more than that is as good as never. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofDays(7);

	private volatile int failures;

	/** The last one. */
	private long delayMillis;

	int failures() {
		return this.failures;
	}

	/** Without what the peer has asked for. */
	long delay() {
		return this.delayMillis;
	}

	void reset() {
		if (this.failures != 0) {
			this.failures = 0;
		}
	}

	/**
	 * Counts a failure.
	 * @param policy says how long to wait
	 * @param random source of the jitter
	 * @param retryAfter least time the peer asks for, or {@code null}
	 * @return ms until the next attempt, or {@link #GIVE_UP}
	 */
	long failed(RetryPolicy policy, RandomGenerator random, @Nullable Duration retryAfter) {
		int before = this.failures;
		int now = Math.min(before + 1, MAX_FAILURES);
		this.failures = now;
		if (!policy.conceals(now)) {
			return GIVE_UP;
		}
		long delay = Math.max(MIN_DELAY_MILLIS, policy.delayMillis(before, random.nextInt() & 0xffff));
		this.delayMillis = delay;
		if (retryAfter == null) {
			return delay;
		}
		Duration asked = (retryAfter.compareTo(MAX_RETRY_AFTER) < 0) ? retryAfter : MAX_RETRY_AFTER;
		return Math.max(delay, asked.toMillis());
	}

}
