package io.securestreams.stream;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection, or the attempt to make one, ended. The network never throws at the
 * application; this is how it tells.
 *
 * @param phase what was being done
 * @param message what went wrong, with the names involved; never credentials; one line of
 * at most 1,000 characters, of which what peers have put in is escaped
 * @param endpoint host and port, or socket path, as far as known
 * @param cause the exception behind it, or {@code null}
 * @param unsent whether the peer has provably not processed anything, so that sending
 * again is safe
 * @param retryAfter how long the peer asks to wait ({@code Retry-After}), or {@code null}
 * @param answer the answer of HTTP that ended the attempt, with the start of its body:
 * one that says that the peer is busy (503, 429), a redirect that is not followed, or a
 * refusal of a WebSocket's opening handshake; {@code null} if something else did
 * @param repeatable whether what was under way does no harm if the peer gets it twice;
 * {@code false} of a request whose method is not idempotent. Such a one is repeated
 * automatically only if it is {@code unsent}
 */
public record StreamFailure(Phase phase, String message, String endpoint, @Nullable Throwable cause, boolean unsent,
		@Nullable Duration retryAfter, @Nullable HttpAnswer answer, boolean repeatable) {

	private static final int MAX_TEXT = 1000;

	public StreamFailure {
		message = PrintableText.of(message, MAX_TEXT);
		endpoint = PrintableText.of(endpoint, MAX_TEXT);
	}

	/**
	 * Makes a failure without an answer, of something that may be repeated.
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param endpoint host and port
	 * @param cause the exception behind it, or {@code null}
	 * @param unsent whether the peer has provably not processed anything
	 * @param retryAfter how long the peer asks to wait, or {@code null}
	 */
	public StreamFailure(Phase phase, String message, String endpoint, @Nullable Throwable cause, boolean unsent,
			@Nullable Duration retryAfter) {
		this(phase, message, endpoint, cause, unsent, retryAfter, null, true);
	}

	/**
	 * Makes a failure without {@code Retry-After} before anything was sent.
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param endpoint host and port
	 * @param cause the exception behind it, or {@code null}
	 * @return the failure
	 */
	public static StreamFailure unsent(Phase phase, String message, String endpoint, @Nullable Throwable cause) {
		return new StreamFailure(phase, message, endpoint, cause, true, null);
	}

	/**
	 * Makes a failure after something was sent.
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param endpoint host and port
	 * @param cause the exception behind it, or {@code null}
	 * @return the failure
	 */
	public static StreamFailure sent(Phase phase, String message, String endpoint, @Nullable Throwable cause) {
		return new StreamFailure(phase, message, endpoint, cause, false, null);
	}

	@Override
	public String toString() {
		return this.phase + " " + this.endpoint + ": " + this.message;
	}

	/**
	 * Returns this failure with what the peer has answered.
	 * @param answer the answer
	 * @return a copy
	 */
	public StreamFailure withAnswer(HttpAnswer answer) {
		return new StreamFailure(this.phase, this.message, this.endpoint, this.cause, this.unsent, this.retryAfter,
				answer, this.repeatable);
	}

	/**
	 * Returns this failure with what it means for another attempt.
	 * @param mayRepeat whether what was under way does no harm if the peer gets it twice
	 * @return a copy
	 */
	public StreamFailure withRepeatable(boolean mayRepeat) {
		return new StreamFailure(this.phase, this.message, this.endpoint, this.cause, this.unsent, this.retryAfter,
				this.answer, mayRepeat);
	}

	/**
	 * What was being done when it failed.
	 */
	public enum Phase {

		/** Working out endpoint and path from policy and metadata. */
		POLICY,
		/** Looking up the name: there is no such name. */
		RESOLVE,
		/** Looking up the name: the name servers did not answer. */
		NAME_SERVER,
		/** Going through the SOCKS proxy. */
		PROXY,
		/** Connecting the socket. */
		CONNECT,
		/** TLS handshake or verification. */
		TLS,
		/**
		 * Opening handshake of the protocol (WebSocket upgrade, CONNACK, response head).
		 */
		HANDSHAKE,
		/** The peer does not accept our credentials. */
		AUTH,
		/** The peer refuses for now (503, 429). */
		BUSY,
		/** A redirect that is not followed. */
		REDIRECT,
		/** The peer broke the protocol, or a limit was exceeded. */
		PROTOCOL,
		/** The connection broke or ended early. */
		CONNECTION,
		/** No sign of life from the peer in time. */
		VALIDITY,
		/** The application's handler threw. */
		HANDLER,
		/** The application asked for it. */
		APPLICATION

	}

}
