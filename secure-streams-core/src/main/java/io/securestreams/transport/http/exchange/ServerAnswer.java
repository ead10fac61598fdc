package io.securestreams.transport.http.exchange;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.http.ResponseRules;
import org.jspecify.annotations.Nullable;

/**
 * What the application has decided about the response to a request, and how far it has
 * come with it; the same rules for every version. Lives on the connection's event loop.
 */
abstract class ServerAnswer {

	/** From this status on, the body of the request is not wanted. */
	static final int REFUSED = 300;

	/** The application is at fault. */
	static final int INTERNAL_ERROR = 500;

	/** What {@code acknowledge()} means. */
	static final int OK = 200;

	/** What {@code reject()} means. */
	static final int NOT_FOUND = 404;

	private short status;

	/** There is no payload. */
	private boolean whole;

	private boolean headSent;

	private boolean done;

	/** Bytes of the body that are still to come, -1 if nobody has said how many. */
	private long left = -1;

	/**
	 * The application decides, once; a handler that fails afterwards overrules that until
	 * the head has left.
	 * @param code status code
	 * @param complete whether the answer is complete with this, without payload
	 */
	final void decide(int code, boolean complete) {
		if (!this.headSent && (this.status == 0 || code == INTERNAL_ERROR)) {
			this.status = (short) code;
			this.whole = complete || !ResponseRules.hasContent("GET", code);
		}
	}

	/**
	 * Whether slots may be offered: a status has been chosen, payload follows, and its
	 * end has not been written.
	 * @return {@code true} between the two
	 */
	final boolean takesPayload() {
		return this.status != 0 && !this.whole && !this.done;
	}

	/**
	 * Whether the application has chosen a status, and there is no payload.
	 * @return {@code true} if the answer is complete with its head
	 */
	final boolean isWhole() {
		return this.whole;
	}

	/**
	 * Returns the status chosen.
	 * @return status code, or 0 if none has been chosen
	 */
	final int status() {
		return this.status;
	}

	/**
	 * Whether the application has said that it does not want the request's body.
	 * @return {@code true} with a status from {@link #REFUSED} on
	 */
	final boolean isRefused() {
		return this.status >= REFUSED;
	}

	/**
	 * Whether the application has failed, and the client can still be told.
	 * @return {@code true} with status 500 and before the head has left
	 */
	final boolean isFaultUntold() {
		return !this.headSent && this.status == INTERNAL_ERROR;
	}

	/**
	 * Returns what a client is told whose request no stream takes.
	 * @param usual status code for that
	 * @return the usual one, unless the application has chosen a refusal
	 */
	final int refusal(int usual) {
		return isRefused() ? this.status : usual;
	}

	/**
	 * The head is about to leave.
	 * @param length length of the body, or -1 if it is not known
	 */
	final void announce(long length) {
		this.left = length;
	}

	/**
	 * Whether a response without a body is due.
	 * @param requestComplete whether all of the request has been delivered
	 * @return {@code true} if the application has said so, and the request is complete or
	 * not wanted
	 */
	final boolean isEmptyDue(boolean requestComplete) {
		return this.whole && !this.headSent && (isRefused() || requestComplete);
	}

	/**
	 * Looks at a piece of the body; with the first one the length becomes known, if the
	 * head has not left before.
	 * @param link the stream
	 * @param framed whether a length may be announced
	 * @param bodyless whether the response has no content, whatever is written
	 * @param size bytes of the piece
	 * @param end whether it is the last one
	 * @return what is wrong with it, or {@code null}
	 */
	final @Nullable String check(StreamLink link, boolean framed, boolean bodyless, int size, boolean end) {
		if (!this.headSent) {
			long announced = framed ? link.txLength() : -1;
			announce((announced < 0 && framed && end) ? size : announced);
		}
		if (this.left < 0 || bodyless) {
			return null;
		}
		if (size > this.left) {
			return "response body is longer than announced, by " + (size - this.left) + " bytes or more";
		}
		return (end && this.left > size)
				? "response body is shorter than announced, by " + (this.left - size) + " bytes" : null;
	}

	/** Counts a piece of the body, which is about to leave. */
	final void count(int size) {
		if (this.left >= 0) {
			this.left -= size;
		}
	}

	/**
	 * Returns how much of the body is still to come: before the first piece, that is its
	 * length.
	 * @return bytes, or -1 if it is not known
	 */
	final long left() {
		return this.left;
	}

	/**
	 * Whether the head has left.
	 * @return {@code true} from then on
	 */
	public final boolean isHeadSent() {
		return this.headSent;
	}

	/** The head has left. */
	final void headSent() {
		this.headSent = true;
	}

	/**
	 * Whether the application has written all of the response.
	 * @return {@code true} from then on
	 */
	final boolean isDone() {
		return this.done;
	}

	/** All of it has been written. */
	final void done() {
		this.done = true;
	}

}
