package io.securestreams.transport.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Tasks of an event loop that may come by the thousand: they run in their order, in
 * slices of bounded time, between which the loop looks at its sockets and does everything
 * else there is to do. Tasks may be added from any thread.
 */
final class TaskLane implements Runnable {

	/** How long the tasks of one lane have the loop for themselves. */
	static final long SLICE_NANOS = 500_000;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Executor loop;

	private final LongSupplier clock;

	/**
	 * Makes an empty lane.
	 * @param loop runs the slices
	 * @param clock gives the time in ns
	 */
	TaskLane(Executor loop, LongSupplier clock) {
		this.loop = loop;
		this.clock = clock;
	}

	/**
	 * Adds a task.
	 * @param task runs soon, after those that were added before
	 * @throws RejectedExecutionException if the loop has ended; the task never runs then
	 */
	void add(Runnable task) {
		this.tasks.add(task);
		if (!this.scheduled.compareAndSet(false, true)) {
			return;
		}
		try {
			this.loop.execute(this);
		}
		catch (RejectedExecutionException ex) {
			this.scheduled.set(false);
			this.tasks.remove(task);
			throw ex;
		}
	}

	/** Runs a slice. */
	@Override
	public void run() {
		long started = this.clock.getAsLong();
		boolean more = true;
		try {
			do {
				Runnable task = next();
				if (task == null) {
					more = false;
					return;
				}
				task.run();
			}
			while (this.clock.getAsLong() - started < SLICE_NANOS);
		}
		finally {
			if (more) {
				goOn();
			}
		}
	}

	/** Takes the next task, or leaves it to the next one to schedule the lane. */
	private @Nullable Runnable next() {
		Runnable task = this.tasks.poll();
		if (task == null) {
			this.scheduled.set(false);
			if (!this.tasks.isEmpty() && this.scheduled.compareAndSet(false, true)) {
				task = this.tasks.poll();
			}
		}
		return task;
	}

	private void goOn() {
		try {
			this.loop.execute(this);
		}
		catch (RejectedExecutionException ex) {
			// The loop takes no more tasks; these were promised
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}
	}

}
