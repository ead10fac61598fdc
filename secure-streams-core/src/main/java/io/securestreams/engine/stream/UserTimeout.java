package io.securestreams.engine.stream;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * The timeout an application starts and stops.
 */
final class UserTimeout {

	private final StreamExecutor executor;

	private final Runnable expired;

	private StreamExecutor.@Nullable Timer timer;

	UserTimeout(StreamExecutor executor, Runnable expired) {
		this.executor = executor;
		this.expired = expired;
	}

	/**
	 * Starts it, or starts it anew.
	 * @param millis until it expires
	 */
	void start(long millis) {
		cancel();
		this.timer = this.executor.schedule(this::fire, millis);
	}

	/**
	 * Stops it if it is running.
	 */
	void cancel() {
		StreamExecutor.Timer running = this.timer;
		if (running != null) {
			this.timer = null;
			running.cancel();
		}
	}

	private void fire() {
		this.timer = null;
		this.expired.run();
	}

}
