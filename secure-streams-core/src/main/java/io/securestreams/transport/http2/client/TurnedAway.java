package io.securestreams.transport.http2.client;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * Those who have waited for a connection in vain, until they have been told: a slice at a
 * time, for there may be thousands. On the pool's event loop.
 */
final class TurnedAway {

	private static final Logger logger = LoggerFactory.getLogger(TurnedAway.class);

	/** After so many others on the event loop have their turn. */
	private static final int AT_ONCE = 64;

	private final StreamExecutor executor;

	private final Map<ConnectionClaim, Consumer<ConnectionClaim>> claims = new LinkedHashMap<>();

	private boolean scheduled;

	TurnedAway(StreamExecutor executor) {
		this.executor = executor;
	}

	/**
	 * Tells all.
	 * @param waiting whom
	 * @param word what they are told
	 */
	void tell(Iterable<ConnectionClaim> waiting, Consumer<ConnectionClaim> word) {
		waiting.forEach((claim) -> this.claims.put(claim, word));
		if (!this.scheduled) {
			tellSome();
		}
	}

	/**
	 * Tells one now.
	 * @param claim whom
	 * @param word what it is told
	 */
	void tell(ConnectionClaim claim, Consumer<ConnectionClaim> word) {
		try {
			word.accept(claim);
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			// It must not keep the others from what they wait for
			logger.error("{} does not take what it waits for", claim, ex);
			try {
				claim.defect(ex);
			}
			catch (RuntimeException another) {
				logger.error("{} does not take its end", claim, another);
			}
		}
	}

	/**
	 * Takes one out that does not want to hear it any more.
	 * @param claim which
	 */
	void cancel(ConnectionClaim claim) {
		this.claims.remove(claim);
	}

	private void tellSome() {
		this.scheduled = true;
		for (int left = AT_ONCE; left > 0 && !this.claims.isEmpty(); left--) {
			Iterator<Map.Entry<ConnectionClaim, Consumer<ConnectionClaim>>> first = this.claims.entrySet().iterator();
			Map.Entry<ConnectionClaim, Consumer<ConnectionClaim>> next = first.next();
			first.remove();
			tell(next.getKey(), next.getValue());
		}
		if (this.claims.isEmpty()) {
			this.scheduled = false;
		}
		else {
			this.executor.executeInSlices(this::tellSome);
		}
	}

}
