package io.securestreams.transport.http1.client;

import java.time.Duration;

import io.securestreams.limits.HttpClientLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http1.Deadline;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The time a peer has for what comes next: one limit at a time.
 */
final class ResponseClock {

	private final EventLoopExecutor executor;

	private final HttpClientLimits limits;

	private final Deadline deadline;

	private Wait wait = Wait.IDLE;

	private @Nullable Duration validity;

	private boolean validityRules;

	private boolean endless;

	private long now;

	ResponseClock(EventLoopExecutor executor, HttpClientLimits limits, Runnable expired) {
		this.executor = executor;
		this.limits = limits;
		this.deadline = new Deadline(executor, expired);
	}

	/**
	 * What is waited for.
	 */
	enum Wait {

		/** The next request. */
		IDLE,

		/** The peer is to take more of the request. */
		WRITE,

		/** The head of the response. */
		HEAD,

		/** The rest of it. */
		BODY

	}

	/** Time of the last event, ns. */
	long now() {
		return this.now;
	}

	/** Something has happened. */
	void touch() {
		this.now = this.executor.nanoTime();
	}

	boolean isWaitingFor(Wait what) {
		return this.wait == what;
	}

	/**
	 * Another transaction starts.
	 * @param hangup time without a sign of life, or {@code null}
	 * @param longPoll whether the body of the response may pause for any time
	 */
	void start(@Nullable Duration hangup, boolean longPoll) {
		this.validity = hangup;
		this.endless = longPoll;
		touch();
		await(Wait.HEAD);
	}

	/** Nobody uses the connection. */
	void idle() {
		this.validity = null;
		await(Wait.IDLE);
	}

	/** Waits for something, from the last event on. */
	void await(Wait next) {
		this.wait = next;
		if (this.endless && next == Wait.BODY) {
			this.validityRules = false;
			this.deadline.clear();
			return;
		}
		Duration limit = switch (next) {
			case IDLE -> this.limits.idleTimeout();
			case HEAD -> this.limits.responseTimeout();
			case WRITE, BODY -> this.limits.bodyTimeout();
		};
		Duration hangup = this.validity;
		this.validityRules = next != Wait.IDLE && hangup != null && hangup.compareTo(limit) < 0;
		if (this.validityRules && hangup != null) {
			limit = hangup;
		}
		this.deadline.set(this.now, limit);
	}

	/** Waits anew for the same. */
	void restart() {
		touch();
		await(this.wait);
	}

	/** The request is on its way; a response is due. */
	void requestSent() {
		if (this.wait != Wait.BODY) {
			touch();
			await(Wait.HEAD);
		}
	}

	/**
	 * The request body is not complete.
	 * @param stuck whether the peer does not take it; otherwise the application is slow,
	 * which has no limit
	 */
	void requestOpen(boolean stuck) {
		if (this.wait == Wait.BODY) {
			return;
		}
		if (!stuck) {
			this.wait = Wait.HEAD;
			this.deadline.clear();
		}
		else if (this.wait != Wait.WRITE) {
			touch();
			await(Wait.WRITE);
		}
	}

	/** Nothing is waited for while the stream is paused. */
	void pause() {
		if (this.wait == Wait.BODY) {
			this.deadline.clear();
		}
	}

	/** There has been a sign of life. */
	void confirm() {
		if (this.validityRules) {
			restart();
		}
	}

	void stop() {
		this.deadline.stop();
	}

	/** What it means that the time is over. */
	Phase phase() {
		if (this.validityRules) {
			return Phase.VALIDITY;
		}
		return (this.wait == Wait.HEAD) ? Phase.HANDSHAKE : Phase.CONNECTION;
	}

	/** What has not happened in time. */
	String message() {
		if (this.validityRules) {
			return "no sign of life from the peer for " + this.validity;
		}
		return switch (this.wait) {
			case IDLE, HEAD -> "no response for " + this.limits.responseTimeout();
			case WRITE -> "peer has not read the request body for " + this.limits.bodyTimeout();
			case BODY -> "no more of the response for " + this.limits.bodyTimeout();
		};
	}

}
