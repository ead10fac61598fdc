package io.securestreams.engine.stream;

import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;

/**
 * Where everything about one stream happens: on one executor, and never one thing inside
 * another. Requests made while something is going on are served when the outermost of it
 * is done.
 */
public final class SerialContext {

	/** Only an application that asks again whatever it is told gets this far. */
	private static final int MAX_ROUNDS = 32;

	private static final long BREATHER_MILLIS = 10;

	private final StreamExecutor executor;

	private final Requests requests = new Requests();

	/** With the first request of another thread. */
	private @Nullable Runnable wake;

	private Work work = Work.NONE;

	private int depth;

	/** What is asked for before the stream has been announced has to wait for that. */
	private boolean open;

	SerialContext(StreamExecutor executor) {
		this.executor = executor;
	}

	/** Says what is done here; before anything else happens. */
	void serve(Work work) {
		this.work = work;
	}

	/** Requests are served from the end of the next step on. */
	void open() {
		this.open = true;
	}

	/**
	 * Returns where it is. From any thread.
	 * @return the executor
	 */
	public StreamExecutor executor() {
		return this.executor;
	}

	/**
	 * Returns what has been asked for and not been done yet.
	 * @return the requests
	 */
	public Requests requests() {
		return this.requests;
	}

	/**
	 * Asks for something, from any thread.
	 * @param bits see {@link Requests}
	 */
	void submit(int bits) {
		if (this.executor.inContext()) {
			this.requests.addAfterPosted(bits);
			if (this.depth == 0) {
				enter();
				exit();
			}
		}
		else if (this.requests.post(bits)) {
			try {
				this.executor.executeInSlices(wake());
			}
			catch (RejectedExecutionException ex) {
				this.work.abandon();
			}
		}
	}

	/**
	 * Starts a step; {@link #exit()} follows in a finally block.
	 */
	public void enter() {
		this.depth++;
	}

	/**
	 * Ends a step, and serves what has been asked for in it.
	 */
	public void exit() {
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
		for (int round = 0; this.work.isDue(); round++) {
			if (round == MAX_ROUNDS) {
				this.executor.schedule(wake(), BREATHER_MILLIS);
				return;
			}
			int bits = this.requests.take();
			try {
				this.work.perform(bits);
			}
			catch (Throwable ex) {
				// There is nobody above who could end the connection
				this.work.failed(ex, bits);
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
		this.requests.collect();
		exit();
	}

	/**
	 * What is done between steps.
	 */
	interface Work {

		Work NONE = new Work() {
			@Override
			public boolean isDue() {
				return false;
			}

			@Override
			public void perform(int requests) {
			}

			@Override
			public void failed(Throwable ex, int requests) {
			}

			@Override
			public void abandon() {
			}
		};

		boolean isDue();

		void perform(int requests);

		/** What {@link #perform} has thrown. */
		void failed(Throwable ex, int requests);

		/** The executor is gone. */
		void abandon();

	}

}
