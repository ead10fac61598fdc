package io.securestreams.transport.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a peer may still take for what it is to send or to take. The time runs while
 * the peer is waited for, and every byte gives some of it back: whoever keeps to the
 * least rate is never late, and whoever was faster has nothing saved but the whole time.
 * Times are ns of one clock.
 */
public final class Pace {

	private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final long most;

	/** 0 if any byte gives back all of the time. */
	private final long perByte;

	private boolean running;

	/** When the time is over, while it runs. */
	private long at;

	/** What is left, while it does not run. */
	private long left;

	/**
	 * Makes a pace with all of the time left, which does not run.
	 * @param most time without any progress
	 * @param rate least bytes per second, 0 for no such limit
	 */
	public Pace(Duration most, long rate) {
		this.most = most.toNanos();
		this.perByte = (rate > 0) ? Math.max(1, NANOS_PER_SECOND / rate) : 0;
		this.left = this.most;
	}

	/** Gives back all of the time, which does not run. */
	public void restart() {
		this.running = false;
		this.left = this.most;
	}

	/**
	 * The peer is waited for.
	 * @param now current time
	 */
	public void run(long now) {
		if (!this.running) {
			this.running = true;
			this.at = now + this.left;
		}
	}

	/**
	 * Nobody waits for the peer: what is left stays left.
	 * @param now current time
	 */
	public void hold(long now) {
		this.left = left(now);
		this.running = false;
	}

	/**
	 * Bytes have moved.
	 * @param now current time
	 * @param bytes how many
	 */
	public void moved(long now, long bytes) {
		if (bytes <= 0) {
			return;
		}
		long earned = (this.perByte == 0) ? this.most : Math.min(this.most, bytes * this.perByte);
		if (this.running) {
			this.at = Math.min(now + this.most, this.at + earned);
		}
		else {
			this.left = Math.min(this.most, this.left + earned);
		}
	}

	/**
	 * Returns how much time is left.
	 * @param now current time
	 * @return 0 or more
	 */
	public long left(long now) {
		return this.running ? Math.max(0, this.at - now) : this.left;
	}

	/**
	 * Whether the peer is waited for, and its time is over.
	 * @param now current time
	 * @return {@code true} if it is too slow
	 */
	public boolean isLate(long now) {
		return this.running && now - this.at >= 0;
	}

}
