package io.securestreams.transport.local;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The few threads that wait for disks instead of the event loops. They start when first
 * needed and end when they have had nothing to do for a while. May be used from any
 * thread.
 */
public final class FileThreads implements Executor, AutoCloseable {

	/** Disks do not get faster by being asked more at once. */
	private static final int THREADS = 2;

	private static final long IDLE_SECONDS = 10;

	private final AtomicInteger counter = new AtomicInteger();

	private final ThreadPoolExecutor threads;

	/** Makes the pool; no thread is started yet. */
	public FileThreads() {
		this.threads = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), this::thread);
		this.threads.allowCoreThreadTimeOut(true);
	}

	private Thread thread(Runnable task) {
		Thread thread = new Thread(task, "secure-streams-file-" + this.counter.incrementAndGet());
		// A disk that does not answer must not keep the process alive
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Runs a task soon. Each reading has one at most, so that the queue is as short as
	 * the list of streams.
	 * @throws java.util.concurrent.RejectedExecutionException after {@link #close()}
	 */
	@Override
	public void execute(Runnable task) {
		this.threads.execute(task);
	}

	/** Takes no more tasks; those waiting are still done. */
	@Override
	public void close() {
		this.threads.shutdown();
	}

}
