package io.securestreams.transport.http1;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.ServerAnswer;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an accepted connection, and what its last stream is told of it.
 */
final class ConnectionEnd {

	private static final Logger log = LoggerFactory.getLogger(ConnectionEnd.class);

	private final ServerClosing closing;

	private final ServerResponse response;

	private final RequestDispatch dispatch;

	private final RequestClock clock;

	private final EventLoopExecutor executor;

	private final String peer;

	ConnectionEnd(ServerClosing closing, ServerResponse response, RequestDispatch dispatch, RequestClock clock,
			EventLoopExecutor executor, String peer) {
		this.closing = closing;
		this.response = response;
		this.dispatch = dispatch;
		this.clock = clock;
		this.executor = executor;
		this.peer = peer;
	}

	/**
	 * There is no more to do, and what has been written arrives.
	 * @param unread whether the client may still be sending
	 */
	void finished(boolean unread) {
		this.clock.stop();
		this.closing.afterResponse(unread);
		completed();
	}

	/**
	 * The client has left between two requests.
	 * @param reachable whether it may still read what has been written
	 */
	void left(boolean reachable) {
		this.clock.stop();
		if (reachable) {
			this.closing.afterResponse(false);
		}
		else {
			this.closing.now();
		}
		completed();
	}

	private void completed() {
		AcceptedStream last = this.dispatch.current();
		if (last != null) {
			last.link().completed();
		}
	}

	/** It cannot go on. */
	void failed(Phase phase, String message, @Nullable Throwable cause) {
		this.clock.stop();
		this.closing.now();
		closed(phase, message, cause);
	}

	/**
	 * It is not to go on, and the client learns why.
	 * @param status what is answered, if that is possible still
	 * @param phase where it ends
	 * @param message why
	 * @param cause what is behind it, or {@code null}
	 * @param answering whether a request is in progress
	 */
	void refused(int status, Phase phase, String message, @Nullable Throwable cause, boolean answering) {
		this.clock.stop();
		if (answering && this.response.answer().isHeadSent()) {
			this.closing.now();
		}
		else {
			this.response.error(status, this.executor.epochMillis());
			this.closing.afterResponse(true);
		}
		closed(phase, message, cause);
	}

	private void closed(Phase phase, String message, @Nullable Throwable cause) {
		if (this.dispatch.lost()) {
			return;
		}
		AcceptedStream last = this.dispatch.current();
		if (last != null) {
			last.link().closed(StreamFailure.sent(phase, message, this.peer, cause));
		}
		else {
			log.debug("connection of {} has ended before it had a stream: {}", this.peer, message);
		}
	}

	/** The engine wants it to end. */
	void demanded() {
		this.clock.stop();
		if (this.response.answer().isDone()) {
			this.closing.afterResponse(false);
		}
		else if (this.response.answer().isFaultUntold()) {
			this.response.error(ServerAnswer.INTERNAL_ERROR, this.executor.epochMillis());
			this.closing.afterResponse(true);
		}
		else {
			this.closing.now();
		}
	}

}
