package io.securestreams.testing;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;

/**
 * An event loop whose clock is moved by hand. Tasks may come from any thread; they run on
 * the thread that calls {@link #run()}, {@link #inside} or {@link #advance}.
 */
public final class ManualExecutor implements StreamExecutor, StreamExecutorGroup {

	private static final int MAX_TASKS = 100_000;

	private static final long EPOCH_MILLIS = 1_700_000_000_000L;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final PriorityQueue<Scheduled> timers = new PriorityQueue<>();

	private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

	private long nowMillis;

	private long serial;

	private int wakeUps;

	private volatile boolean stopped;

	@Override
	public StreamExecutor next() {
		return this;
	}

	@Override
	public StreamExecutor next(int affinity) {
		return this;
	}

	@Override
	public boolean inContext() {
		return this.runner.get() == Thread.currentThread();
	}

	@Override
	public void execute(Runnable task) {
		if (this.stopped) {
			throw new RejectedExecutionException("stopped");
		}
		this.wakeUps++;
		this.tasks.add(task);
	}

	/** Takes no tasks any more; those it has are dropped. */
	public void stop() {
		this.stopped = true;
		this.tasks.clear();
		this.timers.clear();
	}

	@Override
	public Timer schedule(Runnable task, long delayMillis) {
		if (!inContext()) {
			throw new AssertionError("scheduled from outside");
		}
		if (delayMillis < 0) {
			throw new AssertionError("negative delay " + delayMillis);
		}
		Scheduled scheduled = new Scheduled(this.nowMillis + delayMillis, this.serial++, task);
		this.timers.add(scheduled);
		return () -> this.timers.remove(scheduled);
	}

	@Override
	public long nanoTime() {
		return TimeUnit.MILLISECONDS.toNanos(this.nowMillis);
	}

	@Override
	public long epochMillis() {
		return EPOCH_MILLIS + this.nowMillis;
	}

	/** Runs all tasks that are due now. */
	public void run() {
		if (!this.runner.compareAndSet(null, Thread.currentThread())) {
			throw new AssertionError("running already");
		}
		try {
			for (int count = 0; runOne(); count++) {
				if (count == MAX_TASKS) {
					throw new AssertionError("tasks never end");
				}
			}
		}
		finally {
			this.runner.set(null);
		}
	}

	private boolean runOne() {
		Runnable task = this.tasks.poll();
		if (task == null) {
			Scheduled next = this.timers.peek();
			if (next == null || next.dueMillis > this.nowMillis) {
				return false;
			}
			task = this.timers.remove().task;
		}
		task.run();
		return true;
	}

	/** Runs a task as the event loop, and then everything that is due. */
	public void inside(Runnable task) {
		execute(task);
		run();
	}

	/** Moves the clock, stopping wherever something is due. */
	public void advance(long millis) {
		run();
		long end = this.nowMillis + millis;
		for (Scheduled next = this.timers.peek(); next != null && next.dueMillis <= end; next = this.timers.peek()) {
			this.nowMillis = next.dueMillis;
			run();
		}
		this.nowMillis = end;
	}

	public void advance(Duration duration) {
		advance(duration.toMillis());
	}

	/** Time until the next timer, -1 if there is none. */
	public long nextDelay() {
		Scheduled next = this.timers.peek();
		return (next != null) ? next.dueMillis - this.nowMillis : -1;
	}

	public int timers() {
		return this.timers.size();
	}

	/** How often something was given to {@link #execute}. */
	public int wakeUps() {
		return this.wakeUps;
	}

	/** Fails if anything is left to do. */
	public void assertIdle() {
		if (!this.tasks.isEmpty() || !this.timers.isEmpty()) {
			throw new AssertionError(this.tasks.size() + " tasks and " + this.timers.size() + " timers are left over");
		}
	}

	private static final class Scheduled implements Comparable<Scheduled> {

		private final long dueMillis;

		private final long serial;

		private final Runnable task;

		Scheduled(long dueMillis, long serial, Runnable task) {
			this.dueMillis = dueMillis;
			this.serial = serial;
			this.task = task;
		}

		@Override
		public int compareTo(Scheduled other) {
			int byTime = Long.compare(this.dueMillis, other.dueMillis);
			return (byTime != 0) ? byTime : Long.compare(this.serial, other.serial);
		}

	}

}
