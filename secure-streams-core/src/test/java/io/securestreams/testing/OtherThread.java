package io.securestreams.testing;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What a test does beside itself, on a thread of its own. The common pool has one thread
 * on a machine with two processors: what waits there keeps everybody else waiting.
 */
public final class OtherThread {

	private OtherThread() {
	}

	/**
	 * Starts.
	 * @param task may wait
	 * @return its end
	 */
	public static CompletableFuture<Void> run(Runnable task) {
		return CompletableFuture.runAsync(task, OtherThread::start);
	}

	/**
	 * Starts.
	 * @param task may wait
	 * @return what it returns
	 */
	public static <T> CompletableFuture<T> supply(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, OtherThread::start);
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "other");
		thread.setDaemon(true);
		thread.start();
	}

}
