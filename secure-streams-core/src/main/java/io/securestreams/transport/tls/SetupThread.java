package io.securestreams.transport.tls;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads keys and certificates instead of the event loops, which that would keep for half
 * a second the first time. Starts when first needed, ends when it has had nothing to do
 * for a while.
 */
final class SetupThread implements Executor {

	private static final long IDLE_SECONDS = 10;

	private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), SetupThread::make);

	SetupThread() {
		this.thread.allowCoreThreadTimeOut(true);
	}

	private static Thread make(Runnable task) {
		Thread thread = new Thread(task, "secure-streams-tls");
		thread.setDaemon(true);
		return thread;
	}

	@Override
	public void execute(Runnable task) {
		this.thread.execute(task);
	}

	void close() {
		this.thread.shutdownNow();
	}

}
