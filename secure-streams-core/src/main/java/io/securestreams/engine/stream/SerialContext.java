package io.securestreams.engine.stream;

import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * Where everything about one stream happens: on one executor, and never one thing inside
 * another. Requests made while something is going on are served when the outermost of it
 * is done.
 */
public abstract sealed class SerialContext extends Requests permits StreamCore {

	/** Only an application that asks again whatever it is told gets this far. */
	private static final int MAX_ROUNDS = 32;

	private static final long BREATHER_MILLIS = 10;

	private final StreamExecutor executor;

	/** With the first request of another thread. */
	private @Nullable Runnable wake;

	private int depth;

	/** What is asked for before the stream has been announced has to wait for that. */
	private boolean open;

	/** The application is being called. */
	private boolean inCallback;

	SerialContext(StreamExecutor executor) {
		this.executor = executor;
	}

	/** Requests are served from the end of the next step on. */
	final void open() {
		this.open = true;
	}

	/**
	 * Returns where it is. From any thread.
	 * @return the executor
	 */
	public final StreamExecutor executor() {
		return this.executor;
	}

	/**
	 * Returns what has been asked for and not been done yet.
	 * @return the requests
	 */
	public final Requests requests() {
		return this;
	}

	/**
	 * Returns the figures. From any thread.
	 * @return the totals
	 */
	public final StreamCounters counters() {
		return this;
	}

	/** Whether the application is being called right now. */
	final boolean inCallback() {
		return this.inCallback;
	}

	/** It is, or it has returned. */
	final void inCallback(boolean called) {
		this.inCallback = called;
	}

	/**
	 * Asks for something, from any thread.
	 * @param bits see {@link Requests}
	 */
	final void submit(int bits) {
		if (this.executor.inContext()) {
			addAfterPosted(bits);
			if (this.depth == 0) {
				enter();
				exit();
			}
		}
		else if (post(bits)) {
			try {
				this.executor.executeInSlices(wake());
			}
			catch (RejectedExecutionException ex) {
				// First: what another thread leaves to this one is there by then
				discardPosted();
				abandon();
			}
		}
	}

	/**
	 * Starts a step; {@link #exit()} follows in a finally block.
	 */
	public final void enter() {
		this.depth++;
	}

	/**
	 * Ends a step, and serves what has been asked for in it.
	 */
	public final void exit() {
		try {
			if (this.depth == 1 && this.open) {
				serve();
			}
		}
		finally {
			this.depth--;
		}
	}

	private void serve() {
		for (int round = 0; isDue(); round++) {
			if (round == MAX_ROUNDS) {
				this.executor.schedule(wake(), BREATHER_MILLIS);
				return;
			}
			int bits = take();
			try {
				perform(bits);
			}
			catch (Throwable ex) {
				// There is nobody above who could end the connection
				failed(ex, bits);
			}
		}
	}

	/** Several threads may make it, which does no harm. */
	private Runnable wake() {
		Runnable known = this.wake;
		if (known == null) {
			known = this::woken;
			this.wake = known;
		}
		return known;
	}

	private void woken() {
		enter();
		collect();
		exit();
	}

	/** Whether something is to be done. */
	abstract boolean isDue();

	/** Does what has been asked for. */
	abstract void perform(int bits);

	/** What {@link #perform} has thrown. */
	abstract void failed(Throwable ex, int bits);

	/** The executor is gone. */
	abstract void abandon();

}
