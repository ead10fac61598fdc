package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.securestreams.stream.observe.EventLoopState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a loop gets on: a task that is run soon. {@link #check} is called on
 * the thread of the watch, the rest from any thread.
 */
final class LoopProbe implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(LoopProbe.class);

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final StreamEventLoop loop;

	private final Thread thread;

	private final LoopWatch watch;

	private volatile boolean waiting;

	private volatile long sentNanos;

	private volatile boolean blocked;

	private final AtomicLong times = new AtomicLong();

	LoopProbe(StreamEventLoop loop, Thread thread, LoopWatch watch) {
		this.loop = loop;
		this.thread = thread;
		this.watch = watch;
	}

	/** The loop gets on. */
	@Override
	public void run() {
		boolean wasBlocked = this.blocked;
		long waited = waitedMillis();
		// In this order, or the watch would find it late once more
		this.waiting = false;
		this.blocked = false;
		if (wasBlocked) {
			logger.warn("event loop {} is free again, after {} ms", this.thread.getName(), waited);
		}
	}

	/**
	 * Sees how the last look has ended, and has another.
	 * @param limitNanos how long the loop may take
	 */
	void check(long limitNanos) {
		if (!this.waiting) {
			this.sentNanos = System.nanoTime();
			this.waiting = true;
			try {
				this.loop.execute(this);
			}
			catch (RejectedExecutionException ex) {
				this.watch.ended(this);
			}
		}
		else if (!this.blocked && System.nanoTime() - this.sentNanos >= limitNanos) {
			this.times.incrementAndGet();
			this.blocked = true;
			logger.warn("event loop {} is blocked for {} ms{}, everything else on it waits:\n{}", this.thread.getName(),
					waitedMillis(), this.watch.streams(this.loop.streamExecutor()), stack());
		}
	}

	/** Ends what does not return, as far as that heeds interrupts. */
	void interrupt() {
		logger.warn("event loop {} does not end{}, the engine stops without it:\n{}", this.thread.getName(),
				this.watch.streams(this.loop.streamExecutor()), stack());
		this.thread.interrupt();
	}

	boolean isBlocked() {
		return this.blocked;
	}

	EventLoopState state() {
		Duration since = this.blocked ? Duration.ofMillis(Math.max(1, waitedMillis())) : Duration.ZERO;
		return new EventLoopState(this.thread.getName(), since, this.times.get());
	}

	private long waitedMillis() {
		return (System.nanoTime() - this.sentNanos) / NANOS_PER_MILLI;
	}

	private String stack() {
		return Arrays.stream(this.thread.getStackTrace())
			.map((frame) -> "\tat " + frame)
			.collect(Collectors.joining("\n"));
	}

}
