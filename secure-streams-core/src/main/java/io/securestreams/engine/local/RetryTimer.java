package io.securestreams.engine.local;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the next attempt, and keeps the system awake meanwhile where the policy wants
 * it.
 */
final class RetryTimer {

	private final StreamExecutor executor;

	private final Runnable due;

	private final Runnable expired = this::expired;

	private StreamExecutor.@Nullable Timer timer;

	private WakeLock.@Nullable Held held;

	RetryTimer(StreamExecutor executor, Runnable due) {
		this.executor = executor;
		this.due = due;
	}

	/**
	 * Starts; it must not be running.
	 * @param millis how long to wait
	 * @param wakeLock held while it is running
	 * @param stream for whom
	 */
	void start(long millis, WakeLock wakeLock, String stream) {
		this.held = wakeLock.acquire(stream);
		this.timer = this.executor.schedule(this.expired, millis);
	}

	void cancel() {
		StreamExecutor.Timer running = this.timer;
		if (running != null) {
			this.timer = null;
			running.cancel();
			WakeLock.Held current = this.held;
			this.held = null;
			release(current);
		}
	}

	private void expired() {
		this.timer = null;
		WakeLock.Held current = this.held;
		this.held = null;
		// The attempt may fail at once, and then the next wait begins inside this one
		try {
			this.due.run();
		}
		finally {
			release(current);
		}
	}

	private static void release(WakeLock.@Nullable Held current) {
		if (current != null) {
			current.release();
		}
	}

}
