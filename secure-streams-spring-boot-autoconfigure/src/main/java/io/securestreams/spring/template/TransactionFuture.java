package io.securestreams.spring.template;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.securestreams.stream.observe.EventLoopThread;

/**
 * The future of a transaction, and what follows it. Nobody waits for it on an event loop,
 * which is where it would be completed.
 *
 * @param <T> what the caller gets
 */
final class TransactionFuture<T> extends CompletableFuture<T> {

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new TransactionFuture<>();
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		refuse("get()");
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		refuse("get(timeout)");
		return super.get(timeout, unit);
	}

	@Override
	public T join() {
		refuse("join()");
		return super.join();
	}

	private void refuse(String call) {
		if (!isDone()) {
			EventLoopThread.refuse(call, "whenComplete(…) or its like, dispatch = EXECUTOR");
		}
	}

}
