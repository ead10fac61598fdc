package io.securestreams.engine.spi;

import io.netty.buffer.ByteBufAllocator;

/**
 * The one thread at a time a stream lives on: an event loop, or a clock moved by hand in
 * tests. Tasks run in the order they were given, never one inside another.
 */
public interface StreamExecutor {

	/**
	 * Whether the caller runs on this executor.
	 * @return {@code true} inside
	 */
	boolean inContext();

	/**
	 * Runs a task soon, also when called from inside.
	 * @param task the task
	 */
	void execute(Runnable task);

	/**
	 * Runs a task soon that may be one of very many: where it matters they run in slices,
	 * between which everything else has its turn. Those of one executor run in their
	 * order.
	 * @param task the task
	 */
	default void executeInSlices(Runnable task) {
		execute(task);
	}

	/**
	 * Runs a task once it has been seen what has arrived meanwhile; called from inside.
	 * @param task the task
	 */
	default void executeAfterPoll(Runnable task) {
		execute(task);
	}

	/**
	 * Runs a task later.
	 * @param task the task
	 * @param delayMillis delay in ms, 0 or more
	 * @return cancels it
	 */
	Timer schedule(Runnable task, long delayMillis);

	/**
	 * Returns the time of this executor's clock.
	 * @return ns from an arbitrary origin, never going back
	 */
	long nanoTime();

	/**
	 * Returns the wall clock time of this executor's clock.
	 * @return ms since the epoch
	 */
	long epochMillis();

	/**
	 * Returns where the streams that live here get their buffers from.
	 * @return an allocator for any thread, which never waits for memory
	 */
	default ByteBufAllocator allocator() {
		return ByteBufAllocator.DEFAULT;
	}

	/**
	 * A task that has been scheduled.
	 */
	interface Timer {

		/**
		 * Stops the task from running; without effect once it runs.
		 */
		void cancel();

	}

}
