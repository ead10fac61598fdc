package io.securestreams.spring.handler;

import java.util.concurrent.Executor;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * An executor with a concurrency limit, for event loops: whoever asks it waits when it is
 * there, so that another thread asks.
 */
public final class ThrottledExecutor implements Executor {

	private final SimpleAsyncTaskExecutor limited;

	private final Executor waiting;

	/**
	 * Makes an executor.
	 * @param limited runs tasks
	 * @param waiting waits for it, one task after the other
	 */
	public ThrottledExecutor(SimpleAsyncTaskExecutor limited, Executor waiting) {
		this.limited = limited;
		this.waiting = waiting;
	}

	@Override
	public void execute(Runnable task) {
		this.waiting.execute(() -> Turn.on(this.limited, task));
	}

}
