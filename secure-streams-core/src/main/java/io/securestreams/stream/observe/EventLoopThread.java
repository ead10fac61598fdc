package io.securestreams.stream.observe;

/**
 * Marks the threads of event loops, of every engine of the process. Whoever waits on one
 * keeps all its streams from going on, and for ever if what is waited for happens on the
 * same event loop: so methods that wait refuse to be called there.
 */
public interface EventLoopThread {

	/**
	 * Whether the caller runs on an event loop, where it must not wait for anything.
	 * @return {@code true} on the thread of an event loop
	 */
	static boolean isCurrent() {
		return Thread.currentThread() instanceof EventLoopThread;
	}

	/**
	 * Refuses to wait on an event loop.
	 * @param call the method that would wait
	 * @param instead what to do instead
	 * @throws IllegalStateException if the caller runs on an event loop
	 */
	static void refuse(String call, String instead) {
		if (isCurrent()) {
			throw new IllegalStateException(call + " waits, which event loops must not do: "
					+ Thread.currentThread().getName() + " is one (expected: " + instead + ")");
		}
	}

}
