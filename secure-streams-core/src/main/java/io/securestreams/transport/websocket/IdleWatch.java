package io.securestreams.transport.websocket;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * Notices that something has not been used for a while. On the connection's executor.
 */
final class IdleWatch {

	/** It counts as idle after once to twice this time. */
	static final long INTERVAL_MILLIS = 5_000;

	private final StreamExecutor executor;

	private final Runnable idle;

	private StreamExecutor.@Nullable Timer timer;

	private boolean used;

	private boolean stopped;

	/**
	 * Makes a watch that starts with the first use.
	 * @param executor the connection's
	 * @param idle called each time it has become idle
	 */
	IdleWatch(StreamExecutor executor, Runnable idle) {
		this.executor = executor;
		this.idle = idle;
	}

	void used() {
		this.used = true;
		if (this.timer == null && !this.stopped) {
			schedule();
		}
	}

	/** Watches no more. */
	void stop() {
		this.stopped = true;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void schedule() {
		this.used = false;
		this.timer = this.executor.schedule(this::look, INTERVAL_MILLIS);
	}

	private void look() {
		this.timer = null;
		if (this.used) {
			schedule();
		}
		else {
			this.idle.run();
		}
	}

}
