package io.securestreams.transport.http1;

import java.time.Duration;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutor.Timer;
import org.jspecify.annotations.Nullable;

/**
 * One time limit that moves often and expires rarely: moving it later costs no timer.
 */
public final class Deadline {

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final StreamExecutor executor;

	private final Runnable expired;

	private @Nullable Timer timer;

	private long timerAt;

	private long at;

	private boolean set;

	public Deadline(StreamExecutor executor, Runnable expired) {
		this.executor = executor;
		this.expired = expired;
	}

	/**
	 * Sets the limit, or moves it.
	 * @param now current time of the executor, ns
	 * @param delay from now
	 */
	public void set(long now, Duration delay) {
		set(now, delay.toNanos());
	}

	public void set(long now, long delayNanos) {
		this.at = now + delayNanos;
		this.set = true;
		if (this.timer == null) {
			schedule(now);
		}
		else if (this.timerAt - this.at > NANOS_PER_MILLI) {
			this.timer.cancel();
			schedule(now);
		}
	}

	/** The limit no longer applies. */
	public void clear() {
		this.set = false;
	}

	/** As {@link #clear}, and lets go of the timer. */
	public void stop() {
		this.set = false;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void schedule(long now) {
		long millis = Math.max(1, (this.at - now + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
		this.timerAt = now + millis * NANOS_PER_MILLI;
		this.timer = this.executor.schedule(this::fire, millis);
	}

	private void fire() {
		this.timer = null;
		if (!this.set) {
			return;
		}
		long now = this.executor.nanoTime();
		if (this.at - now > NANOS_PER_MILLI) {
			schedule(now);
			return;
		}
		this.set = false;
		this.expired.run();
	}

}
