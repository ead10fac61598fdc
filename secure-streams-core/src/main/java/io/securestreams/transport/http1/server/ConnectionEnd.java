package io.securestreams.transport.http1.server;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.stream.PrintableText;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.exchange.ServerExchange;
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

	private final Http1RequestDispatch dispatch;

	private final Http1Framing framing;

	private final RequestClock clock;

	ConnectionEnd(ServerClosing closing, ServerResponse response, Http1RequestDispatch dispatch, Http1Framing framing,
			RequestClock clock) {
		this.closing = closing;
		this.response = response;
		this.dispatch = dispatch;
		this.framing = framing;
		this.clock = clock;
	}

	/**
	 * There is no more to do, and what has been written arrives.
	 * @param unread whether the client may still be sending
	 */
	void finished(boolean unread) {
		this.clock.stop();
		this.closing.afterResponse(unread);
	}

	/**
	 * The time is over for what has been waited for.
	 * @param limits the times
	 * @param busy whether a request is in progress
	 */
	void expired(HttpServerLimits limits, boolean busy) {
		switch (this.clock.awaited()) {
			case REQUEST -> gone(null, "no request for " + limits.headTimeout(), busy);
			case HEAD ->
				refused(408, Phase.HANDSHAKE, "request head is not complete after " + limits.headTimeout(), null, busy);
			case BODY -> refused(408, Phase.CONNECTION, "no more of the request for " + limits.bodyTimeout()
					+ ", or less than " + limits.minDataRate() + " bytes per second", null, busy);
			case ANSWER -> {
				ServerExchange slow = this.framing.current();
				if (slow != null) {
					slow.late(limits.answerTimeout());
				}
			}
			case PEER -> failed(Phase.CONNECTION, "peer has not read the response for " + limits.bodyTimeout(), null);
		}
	}

	/**
	 * The client is gone.
	 * @param cause what is behind it, or {@code null}
	 * @param message how that shows
	 * @param busy whether a request is in progress
	 */
	void gone(@Nullable Throwable cause, String message, boolean busy) {
		if (busy) {
			failed(Phase.CONNECTION, message + " before the transaction was complete", cause);
			return;
		}
		this.clock.stop();
		if (cause == null && this.closing.isReachable()) {
			this.closing.afterResponse(false);
		}
		else {
			this.closing.now();
		}
	}

	/** It cannot go on. */
	private void failed(Phase phase, String message, @Nullable Throwable cause) {
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
		if (answering && this.response.isHeadSent()) {
			this.closing.now();
		}
		else {
			this.response.error(status, this.framing.executor().epochMillis());
			this.closing.afterResponse(true);
		}
		closed(phase, message, cause);
	}

	private void closed(Phase phase, String message, @Nullable Throwable cause) {
		if (this.dispatch.lost()) {
			return;
		}
		ServerExchange last = this.framing.drop();
		if (last != null) {
			last.lost(phase, message, cause);
		}
		else {
			log.debug("connection of {} has ended without a request in progress: {}", this.framing.peer(),
					PrintableText.of(message));
		}
	}

	/**
	 * The application wants the exchange in progress to end.
	 * @param status what the client is told, or 0
	 * @param answered whether the response has been written
	 * @param unread whether the client may still be sending
	 */
	void demanded(int status, boolean answered, boolean unread) {
		this.clock.stop();
		if (answered) {
			this.closing.afterResponse(unread);
		}
		else if (status != 0) {
			this.response.error(status, this.framing.executor().epochMillis());
			this.closing.afterResponse(true);
		}
		else {
			this.closing.now();
		}
	}

}
