package io.securestreams.transport.http1.server;

import java.time.Duration;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.Pace;
import io.securestreams.transport.http1.Deadline;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * The time a client has for what comes next: one limit at a time.
 */
final class RequestClock {

	private final EventLoopExecutor executor;

	private final HttpServerLimits limits;

	private final Deadline deadline;

	private final Pace pace;

	private Awaited awaited = Awaited.HEAD;

	RequestClock(EventLoopExecutor executor, HttpServerLimits limits, Runnable expired) {
		this.executor = executor;
		this.limits = limits;
		this.deadline = new Deadline(executor, expired);
		this.pace = new Pace(limits.bodyTimeout(), limits.minDataRate());
	}

	/**
	 * What there is a limit for.
	 */
	enum Awaited {

		/** The start of a request. */
		REQUEST,

		/** The end of its head. */
		HEAD,

		/** Its body. */
		BODY,

		/** The application's answer. */
		ANSWER,

		/** That the client reads, or shows that it is still there. */
		PEER

	}

	/** What has taken too long, when the time is over. */
	Awaited awaited() {
		return this.awaited;
	}

	/** A head is to arrive. */
	void awaitHead() {
		set(Awaited.HEAD, this.limits.headTimeout());
	}

	/** Another request may follow. */
	void awaitRequest() {
		set(Awaited.REQUEST, this.limits.idleTimeout());
	}

	/** The first request of the connection is to follow. */
	void awaitFirst() {
		set(Awaited.REQUEST, this.limits.headTimeout());
	}

	/** The client is to read, or to show that it is still there. */
	void awaitPeer() {
		set(Awaited.PEER, this.limits.bodyTimeout());
	}

	/** It is the application's turn. */
	void awaitAnswer() {
		if (this.limits.answerTimeout().isZero()) {
			this.deadline.clear();
		}
		else {
			set(Awaited.ANSWER, this.limits.answerTimeout());
		}
	}

	private void set(Awaited next, Duration delay) {
		this.awaited = next;
		this.deadline.set(this.executor.nanoTime(), delay);
	}

	/** A head has arrived, and its body has all of its time. */
	void newBody() {
		this.pace.restart();
	}

	/** A body is to arrive, at its pace. */
	void awaitBody() {
		long now = this.executor.nanoTime();
		this.awaited = Awaited.BODY;
		this.pace.run(now);
		this.deadline.set(now, this.pace.left(now));
	}

	/** Some of it has. */
	void arrived(int count) {
		this.pace.moved(this.executor.nanoTime(), count);
		awaitBody();
	}

	/** The body has to wait for the application. */
	void holdBody() {
		this.pace.hold(this.executor.nanoTime());
		awaitAnswer();
	}

	/** Nobody is waited for, or somebody who has a limit of his own. */
	void clear() {
		this.deadline.clear();
	}

	/** There is no next. */
	void stop() {
		this.deadline.stop();
	}

}
