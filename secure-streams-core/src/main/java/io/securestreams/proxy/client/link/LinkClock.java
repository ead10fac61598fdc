package io.securestreams.proxy.client.link;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * The time of a link: for how long it has stood as it does, and the one thing that is due
 * next. On the event loop of the stream.
 */
final class LinkClock {

	private final StreamExecutor executor;

	private StreamExecutor.@Nullable Timer timer;

	private long since;

	private long due;

	LinkClock(StreamExecutor executor) {
		this.executor = executor;
		restart();
	}

	/** Time is counted from now on. */
	void restart() {
		this.since = this.executor.nanoTime();
	}

	long elapsedMillis() {
		return TimeUnit.NANOSECONDS.toMillis(this.executor.nanoTime() - this.since);
	}

	/** Does something in a while, in place of what was due. */
	void schedule(Runnable step, long delayMillis) {
		stop();
		this.due = this.executor.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
		this.timer = this.executor.schedule(() -> {
			this.timer = null;
			step.run();
		}, delayMillis);
	}

	/** How long until what is due. */
	long leftMillis() {
		return TimeUnit.NANOSECONDS.toMillis(this.due - this.executor.nanoTime());
	}

	/** Nothing is due. */
	void stop() {
		StreamExecutor.Timer running = this.timer;
		this.timer = null;
		if (running != null) {
			running.cancel();
		}
	}

}
