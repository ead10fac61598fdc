package io.securestreams.system.policyfetch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * What comes of something that is done on an executor. Whoever waits for it there, such
 * as a listener of the policy, would wait for ever, and is told instead.
 *
 * @param <T> what comes of it
 */
final class PendingChange<T> extends CompletableFuture<T> {

	private final StreamExecutor executor;

	PendingChange(StreamExecutor executor) {
		this.executor = executor;
	}

	/** Becomes what a task gives, or throws. */
	void follow(Supplier<CompletableFuture<T>> task) {
		try {
			task.get().whenComplete((value, failure) -> {
				if (failure != null) {
					completeExceptionally(failure);
				}
				else {
					complete(value);
				}
			});
		}
		catch (RuntimeException ex) {
			completeExceptionally(ex);
		}
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new PendingChange<>(this.executor);
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		requireElsewhere();
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		requireElsewhere();
		return super.get(timeout, unit);
	}

	@Override
	public T join() {
		requireElsewhere();
		return super.join();
	}

	private void requireElsewhere() {
		if (!isDone() && this.executor.inContext()) {
			throw new IllegalStateException(
					"waiting for the policy on the thread that changes it (expected: another thread, or thenAccept)");
		}
	}

}
