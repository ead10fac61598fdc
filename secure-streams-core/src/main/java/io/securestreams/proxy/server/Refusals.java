package io.securestreams.proxy.server;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.securestreams.stream.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is refused, and logs it: the first of a cause, and then one a minute with
 * the number of those in between. May be used from any thread.
 */
final class Refusals {

	private static final Logger logger = LoggerFactory.getLogger(Refusals.class);

	/** Characters of a detail in the log. */
	private static final int MAX_DETAIL = 300;

	private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

	private final Map<Refusal, Cause> causes = new EnumMap<>(Refusal.class);

	private final LongSupplier clock;

	Refusals(LongSupplier clock) {
		this.clock = clock;
		for (Refusal refusal : Refusal.values()) {
			this.causes.put(refusal, new Cause());
		}
	}

	/** The detail may have been put in by a peer. */
	void count(Refusal refusal, String link, String detail) {
		String printable = PrintableText.of(detail, MAX_DETAIL);
		Cause cause = cause(refusal);
		cause.total.incrementAndGet();
		long unlogged = cause.toLog(this.clock.getAsLong());
		if (unlogged == 0) {
			logger.debug("[{}] {}: {}", link, refusal, printable);
		}
		else if (unlogged == 1) {
			logger.warn("[{}] {}: {}", link, refusal, printable);
		}
		else {
			logger.warn("[{}] {}: {} ({} more since the last of these)", link, refusal, printable, unlogged - 1);
		}
	}

	long total(Refusal refusal) {
		return cause(refusal).total.get();
	}

	private Cause cause(Refusal refusal) {
		Cause cause = this.causes.get(refusal);
		if (cause == null) {
			throw new IllegalStateException(refusal.name());
		}
		return cause;
	}

	private static final class Cause {

		private final AtomicLong total = new AtomicLong();

		private long pending;

		private long lastLogged;

		private boolean logged;

		/** How many to log now, this one included; 0 for none. */
		synchronized long toLog(long now) {
			this.pending++;
			if (this.logged && now - this.lastLogged < QUIET_NANOS) {
				return 0;
			}
			this.logged = true;
			this.lastLogged = now;
			long count = this.pending;
			this.pending = 0;
			return count;
		}

	}

}
