package io.securestreams.engine;

import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * Makes one stream's operations serial and non-reentrant: an operation called while a
 * report or another operation is being handled waits until that is over. Nothing is
 * allocated for an operation called on the stream's executor.
 */
final class SerialContext {

	private final StreamExecutor executor;

	/** Confined to the executor. */
	private int depth;

	/** Confined to the executor. */
	private @Nullable ArrayDeque<Runnable> deferred;

	SerialContext(StreamExecutor executor) {
		this.executor = executor;
	}

	StreamExecutor executor() {
		return this.executor;
	}

	/**
	 * Runs an operation of the application: at once, after what is being handled now, or
	 * on the executor.
	 */
	void run(Runnable operation) {
		if (!this.executor.inContext()) {
			this.executor.execute(() -> run(operation));
		}
		else if (this.depth > 0) {
			ArrayDeque<Runnable> queue = this.deferred;
			if (queue == null) {
				queue = new ArrayDeque<>(4);
				this.deferred = queue;
			}
			queue.add(operation);
		}
		else {
			enter();
			try {
				operation.run();
			}
			finally {
				exit();
			}
		}
	}

	/** Whether a callback or operation of this stream is running on this very thread. */
	boolean isBusy() {
		return this.executor.inContext() && this.depth > 0;
	}

	/** Begins the handling of a report; reports may nest. */
	void enter() {
		this.depth++;
	}

	/** Ends the handling of a report, and runs what was called meanwhile. */
	void exit() {
		if (this.depth > 1) {
			this.depth--;
			return;
		}
		try {
			ArrayDeque<Runnable> queue = this.deferred;
			while (queue != null && !queue.isEmpty()) {
				queue.poll().run();
			}
		}
		finally {
			this.depth--;
		}
	}

}
