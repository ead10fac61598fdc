package io.securestreams.policy;

import java.time.Duration;
import java.util.List;

/**
 * A named retry and backoff scheme, policy section {@code retry}.
 *
 * @param name name of the entry
 * @param backoff delay before each retry in turn ({@code backoff}, ms in JSON); the last
 * one serves for all further retries; empty means {@link #DEFAULT_BACKOFF}
 * @param conceal retries to make before ALL_RETRIES_FAILED ({@code conceal});
 * {@link #CONCEAL_FOREVER} never stops trying
 * @param jitterPercent most that is randomly added to a delay, percent
 * ({@code jitterpc}); 0 in JSON means {@link #DEFAULT_JITTER_PERCENT}
 * @param validityPing idle time after which the peer is asked for a sign of life
 * ({@code svalidping}, seconds in JSON); zero: never
 * @param validityHangup time without a sign of life after which the connection is dropped
 * ({@code svalidhup}, seconds in JSON); zero: never
 */
public record RetryPolicy(String name, List<Duration> backoff, int conceal, int jitterPercent, Duration validityPing,
		Duration validityHangup) {

	/** Value of {@code conceal} that means "for ever". */
	public static final int CONCEAL_FOREVER = 65535;

	/** Jitter where the policy gives none or 0. */
	public static final int DEFAULT_JITTER_PERCENT = 30;

	/** Delay where the policy gives no table. */
	public static final Duration DEFAULT_BACKOFF = Duration.ofSeconds(3);

	/** Most entries a backoff table has. */
	public static final int MAX_BACKOFF_ENTRIES = 8;

	/** What a streamtype without {@code retry} gets: one attempt, nothing concealed. */
	public static final RetryPolicy NONE = new RetryPolicy("", List.of(), 0, DEFAULT_JITTER_PERCENT,
			Duration.ofSeconds(40), Duration.ofSeconds(50));

	public RetryPolicy {
		backoff = List.copyOf(backoff);
		if (backoff.size() > MAX_BACKOFF_ENTRIES) {
			throw new IllegalArgumentException(
					"backoff: " + backoff.size() + " entries (expected: at most " + MAX_BACKOFF_ENTRIES + ")");
		}
		requireRange("conceal", conceal, CONCEAL_FOREVER);
		requireRange("jitterpc", jitterPercent, 255);
		if (jitterPercent == 0) {
			jitterPercent = DEFAULT_JITTER_PERCENT;
		}
	}

	/**
	 * The delay before a retry: {@code backoff[min(retry, last)]} plus a random part
	 * below {@link #jitterPercent()} percent of it.
	 * @param retry number of failures so far without counting this one, from 0
	 * @param random16 a uniformly random number from 0 to 65535
	 * @return the delay in ms
	 */
	public long delayMillis(int retry, int random16) {
		long delay = (this.backoff.isEmpty() ? DEFAULT_BACKOFF
				: this.backoff.get(Math.min(retry, this.backoff.size() - 1)))
			.toMillis();
		return delay + ((delay * this.jitterPercent * random16) >> 16) / 100;
	}

	/**
	 * Whether the retry after so many failures is made without telling the application.
	 * @param failures number of failures, this one included
	 * @return {@code false} when the stream has to give up
	 */
	public boolean conceals(int failures) {
		return this.conceal == CONCEAL_FOREVER || failures <= this.conceal;
	}

	private static void requireRange(String key, int value, int max) {
		if (value < 0 || value > max) {
			throw new IllegalArgumentException(key + ": " + value + " (expected: 0.." + max + ")");
		}
	}

}
