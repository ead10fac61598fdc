package io.securestreams.system.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a token server that has given none may be asked again: a second after the first
 * failure, twice as long after each further one up to five minutes, and up to a fifth
 * more at random. Not for several threads at once.
 */
final class RefusalBackoff {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofMinutes(5);

	private static final double JITTER = 0.2;

	private final RandomGenerator random;

	private int failures;

	private Instant since = Instant.MIN;

	private Instant until = Instant.MIN;

	RefusalBackoff(RandomGenerator random) {
		this.random = random;
	}

	void failed(Instant now) {
		long millis = LONGEST.toMillis();
		if (this.failures < 16) {
			millis = Math.min(millis, FIRST.toMillis() << this.failures);
		}
		this.failures++;
		this.since = now;
		this.until = now.plusMillis(millis + (long) (millis * JITTER * this.random.nextDouble()));
	}

	void reset() {
		this.failures = 0;
		this.until = Instant.MIN;
	}

	boolean isOver(Instant now) {
		// A clock that is set back does not make it longer
		return !now.isBefore(this.until) || now.isBefore(this.since);
	}

}
