package io.securestreams.system.policyfetch;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Says what has come of fetches, but not again and again. Confined to the executor.
 */
final class FetchLog {

	private static final Logger log = LoggerFactory.getLogger(PolicyRefresher.class);

	private @Nullable RefreshOutcome last;

	/** What came of the last one, {@code null} if there was none. */
	@Nullable RefreshOutcome last() {
		return this.last;
	}

	void report(RefreshOutcome outcome) {
		RefreshOutcome before = this.last;
		boolean repeated = before != null && before.result() == outcome.result()
				&& before.message().equals(outcome.message());
		this.last = outcome;
		switch (outcome.result()) {
			case CHANGED -> log.info("The policy has been fetched, and is in force");
			case FAILED,
					REFUSED ->
				log.atLevel(repeated ? Level.DEBUG : Level.WARN)
					.log("The policy is as before, the fetched one {}: {}",
							(outcome.result() == RefreshOutcome.Result.FAILED) ? "has not arrived" : "is refused",
							outcome.message());
			case ROLLED_BACK -> log.error("The policy has been taken back: {}", outcome.message());
			case UNCHANGED, NOT_AVAILABLE -> log.debug("Fetched policy: {}", outcome);
		}
	}

}
