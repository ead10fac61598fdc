package io.securestreams.transport.http1;

import java.time.Duration;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.Pace;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * The time a client has for what comes next: one limit at a time.
 */
final class RequestClock {

	private final EventLoopExecutor executor;

	private final HttpServerLimits limits;

	private final Deadline deadline;

	private final Pace pace;

	RequestClock(EventLoopExecutor executor, HttpServerLimits limits, Runnable expired) {
		this.executor = executor;
		this.limits = limits;
		this.deadline = new Deadline(executor, expired);
		this.pace = new Pace(limits.bodyTimeout(), limits.minDataRate());
	}

	/** A head is to arrive. */
	void awaitHead() {
		set(this.limits.headTimeout());
	}

	/** Another request may follow. */
	void awaitRequest() {
		set(this.limits.idleTimeout());
	}

	/** The client is to read, or to show that it is still there. */
	void awaitPeer() {
		set(this.limits.bodyTimeout());
	}

	private void set(Duration delay) {
		this.deadline.set(this.executor.nanoTime(), delay);
	}

	/** A head has arrived, and its body has all of its time. */
	void newBody() {
		this.pace.restart();
	}

	/** A body is to arrive, at its pace. */
	void awaitBody() {
		long now = this.executor.nanoTime();
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
		this.deadline.clear();
	}

	/** The client is not waited for. */
	void clear() {
		this.deadline.clear();
	}

	/** There is no next. */
	void stop() {
		this.deadline.stop();
	}

}
