package io.securestreams.system.policyfetch;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.observe.EventLoopThread;

/**
 * A thread of its own, for what takes too long for event loops: certificates are parsed
 * and files written on it.
 */
final class WorkerThread implements StreamExecutor, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(WorkerThread.class);

	private static final long PATIENCE_SECONDS = 5;

	private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

	private final ScheduledThreadPoolExecutor executor;

	WorkerThread(String name) {
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread created = new Thread(task, name);
			created.setDaemon(true);
			this.thread.set(created);
			return created;
		});
		this.executor.setRemoveOnCancelPolicy(true);
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public boolean inContext() {
		return this.thread.get() == Thread.currentThread();
	}

	/**
	 * Runs a task soon.
	 * @throws RejectedExecutionException if this is closed
	 */
	@Override
	public void execute(Runnable task) {
		this.executor.execute(guarded(task));
	}

	@Override
	public Timer schedule(Runnable task, long delayMillis) {
		try {
			ScheduledFuture<?> future = this.executor.schedule(guarded(task), delayMillis, TimeUnit.MILLISECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			return () -> {
			};
		}
	}

	private static Runnable guarded(Runnable task) {
		return () -> {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				log.error("defect: a task threw", ex);
			}
		};
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public long epochMillis() {
		return System.currentTimeMillis();
	}

	@Override
	public void close() {
		this.executor.shutdown();
	}

	/**
	 * Waits until the last task has run after {@link #close()}, at most five seconds; not
	 * on this thread itself, nor on an event loop.
	 */
	void awaitEnd() {
		if (inContext() || EventLoopThread.isCurrent()) {
			return;
		}
		try {
			if (!this.executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				log.warn("the policy is still being worked on, it is not waited for any longer");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
