package io.securestreams.proxy.server.payload;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the queues of all clients may hold beyond their limits for the moment, so that
 * what has been read at once can go on at once. May be used from any thread.
 */
public final class Overdraft {

	/** Of all links, bytes. */
	private static final long MAX = 4 * 1024 * 1024;

	/** Of one link. */
	private static final long MAX_SHARE = 48 * 1024;

	private final AtomicLong used = new AtomicLong();

	/** A link's share, which nobody has yet. */
	public Share share() {
		return new Share();
	}

	/** For one thread at a time. */
	public final class Share {

		private long taken;

		/** Whether there is nothing left to give. */
		public boolean isUsedUp() {
			return Overdraft.this.used.get() >= MAX;
		}

		/**
		 * The queue holds so much more than it should.
		 * @return whether it may
		 */
		public boolean allows(long excess) {
			if (excess != this.taken) {
				Overdraft.this.used.addAndGet(excess - this.taken);
				this.taken = excess;
			}
			return excess < MAX_SHARE && !isUsedUp();
		}

	}

}
