package io.securestreams.spring.template;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.observe.EventLoopThread;

/**
 * The future of a transaction, and what follows it. Nobody waits for it on an event loop,
 * which is where it would be completed.
 *
 * @param <T> what the caller gets
 */
final class TransactionFuture<T> extends CompletableFuture<T> {

	private static final Logger logger = LoggerFactory.getLogger(TransactionFuture.class);

	/** Guarded by this. */
	private @Nullable Consumer<@Nullable Throwable> before;

	/**
	 * Before anybody knows the outcome, this does.
	 * @param observer is told why it is no success, or {@code null}
	 */
	synchronized void before(Consumer<@Nullable Throwable> observer) {
		this.before = observer;
	}

	private void told(@Nullable Throwable failure) {
		Consumer<@Nullable Throwable> observer;
		synchronized (this) {
			observer = this.before;
			this.before = null;
		}
		if (observer != null && !isDone()) {
			try {
				observer.accept(failure);
			}
			catch (RuntimeException ex) {
				logger.warn("The end of a transaction could not be observed", ex);
			}
		}
	}

	@Override
	public boolean complete(T value) {
		told(null);
		return super.complete(value);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		told(failure);
		return super.completeExceptionally(failure);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		told(new CancellationException());
		return super.cancel(mayInterruptIfRunning);
	}

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
