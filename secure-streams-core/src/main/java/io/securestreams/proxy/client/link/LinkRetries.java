package io.securestreams.proxy.client.link;

import java.util.random.RandomGenerator;

/**
 * When the next attempt at a link is due, and at which of the proxy's addresses: the
 * others at once, then all of them again every second or so, for ever. Links that are
 * refused, or that do not last, are given more time.
 */
final class LinkRetries {

	/**
	 * Between rounds of attempts, in ms; plus up to a third, so that not all come at
	 * once.
	 */
	static final long INTERVAL_MILLIS = 1000;

	/** Most time between attempts. */
	static final long MAX_MILLIS = 30_000;

	/** A link that has lasted so long is a good one. */
	static final long PROVEN_MILLIS = 10_000;

	private static final int MAX_DOUBLINGS = 5;

	private final int addresses;

	private final RandomGenerator random;

	private int address;

	/** Addresses in a row that were of no use. */
	private int tried;

	private int doublings;

	LinkRetries(int addresses, RandomGenerator random) {
		this.addresses = addresses;
		this.random = random;
	}

	/** Which of the addresses is next. */
	int address() {
		return this.address;
	}

	/**
	 * Nobody has answered.
	 * @return ms until the next attempt
	 */
	long unreachable() {
		return next(INTERVAL_MILLIS);
	}

	/**
	 * Somebody has answered, but there is no link, or no more.
	 * @param livedMillis how long there was one, 0 if there was none
	 * @return ms until the next attempt
	 */
	long lost(long livedMillis) {
		if (livedMillis >= PROVEN_MILLIS) {
			this.doublings = 0;
			this.tried = 0;
		}
		long delay = next(Math.min(MAX_MILLIS, INTERVAL_MILLIS << this.doublings));
		if (delay > 0) {
			this.doublings = Math.min(MAX_DOUBLINGS, this.doublings + 1);
		}
		return delay;
	}

	private long next(long interval) {
		this.address = (this.address + 1) % this.addresses;
		if (++this.tried < this.addresses) {
			return 0;
		}
		this.tried = 0;
		return interval + this.random.nextLong(interval / 3);
	}

}
