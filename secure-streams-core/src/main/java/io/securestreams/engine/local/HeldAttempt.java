package io.securestreams.engine.local;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;

/**
 * An attempt that waits until the application has had what was said before it, so that
 * metadata it sets then is that of the attempt. An application that asks for the attempt
 * while it waits may be waiting for it in turn: then it goes on after a while.
 */
final class HeldAttempt {

	/** Long for setting metadata, short for whoever waits. */
	static final long PATIENCE_MILLIS = 1000;

	private final StreamExecutor executor;

	private final Runnable over;

	private boolean holding;

	private boolean poll;

	/** Where it goes, if it has been announced. */
	private @Nullable Target aim;

	/** Nothing waits any more until the application has caught up. */
	private boolean lifted;

	private StreamExecutor.@Nullable Timer patience;

	HeldAttempt(StreamExecutor executor, Runnable over) {
		this.executor = executor;
		this.over = over;
	}

	/**
	 * An attempt waits that has not been announced.
	 * @param due whether it is due to something to send, or to a retry
	 */
	void hold(boolean due) {
		this.poll = this.holding ? this.poll && due : due;
		this.holding = true;
	}

	/** An attempt waits that has been announced. */
	void hold(Target target) {
		this.aim = target;
		this.holding = true;
	}

	boolean isHolding() {
		return this.holding;
	}

	boolean isPoll() {
		return this.poll;
	}

	@Nullable Target aim() {
		return this.aim;
	}

	boolean isLifted() {
		return this.lifted;
	}

	/** The application asks for the attempt. */
	void hurry() {
		if (this.holding && this.patience == null) {
			this.patience = this.executor.schedule(this::lose, PATIENCE_MILLIS);
		}
	}

	private void lose() {
		this.patience = null;
		this.lifted = true;
		this.over.run();
	}

	/** Nothing waits any more: it goes on, or is not wanted. */
	void forget() {
		this.holding = false;
		this.aim = null;
	}

	/** The application has had everything. */
	void caughtUp() {
		this.lifted = false;
		StreamExecutor.Timer running = this.patience;
		if (running != null) {
			this.patience = null;
			running.cancel();
		}
	}

}
