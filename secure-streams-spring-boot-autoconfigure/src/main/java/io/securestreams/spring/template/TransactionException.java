package io.securestreams.spring.template;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;

/**
 * A transaction was not acknowledged.
 */
public class TransactionException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final Outcome outcome;

	private final transient @Nullable StreamFailure failure;

	private final transient @Nullable HttpAnswer answer;

	/**
	 * Makes an exception.
	 * @param streamType the streamtype
	 * @param outcome what became of the transaction
	 * @param detail more about it
	 * @param failure why the connection or attempt ended, or {@code null}
	 * @param cause the exception behind it, or {@code null}
	 */
	public TransactionException(String streamType, Outcome outcome, String detail, @Nullable StreamFailure failure,
			@Nullable Throwable cause) {
		this(streamType, outcome, detail, failure, (failure != null) ? failure.answer() : null, cause);
	}

	/**
	 * Makes the exception of a transaction that has been answered.
	 * @param streamType the streamtype
	 * @param outcome what became of the transaction
	 * @param detail more about it
	 * @param failure why the connection or attempt ended, or {@code null}
	 * @param answer what the peer has answered, or {@code null}
	 * @param cause the exception behind it, or {@code null}
	 */
	public TransactionException(String streamType, Outcome outcome, String detail, @Nullable StreamFailure failure,
			@Nullable HttpAnswer answer, @Nullable Throwable cause) {
		super("streamtype \"" + streamType + "\": " + outcome + ", " + detail,
				(cause != null) ? cause : (failure != null) ? failure.cause() : null);
		this.outcome = outcome;
		this.failure = failure;
		this.answer = answer;
	}

	/**
	 * Returns what became of the transaction.
	 * @return the outcome
	 */
	public Outcome outcome() {
		return this.outcome;
	}

	/**
	 * Returns why the connection, or the last attempt to make one, ended.
	 * @return the failure, or {@code null} if that is not the reason
	 */
	public @Nullable StreamFailure failure() {
		return this.failure;
	}

	/**
	 * Returns what the peer has answered (HTTP): status, header fields and the start of
	 * the body. With {@link Outcome#REJECTED} the answer that was no success, of whose
	 * body the first 16 KiB are there; with {@link Outcome#UNREACHABLE} the last one that
	 * said that the peer is busy (503, 429), or a redirect that was not followed, with
	 * the first 4 KiB. None of it is part of the message.
	 * @return the answer, or {@code null} if there was none
	 */
	public @Nullable HttpAnswer answer() {
		return this.answer;
	}

	/**
	 * How a transaction can end that was not acknowledged.
	 */
	public enum Outcome {

		/** The peer has refused ({@code QOS_NACK_REMOTE}). */
		REJECTED,
		/** The policy's retries are used up ({@code ALL_RETRIES_FAILED}). */
		UNREACHABLE,
		/** The connection was lost; whether the peer has done its part is unknown. */
		LOST,
		/** It took too long; whether the peer has done its part is unknown. */
		TIMEOUT,
		/**
		 * The stream has been closed, for example because the application stops or the
		 * waiting thread was interrupted; whether the peer has done its part is unknown.
		 */
		CLOSED,
		/**
		 * The body cannot be read, or what came back cannot be kept: it is too long, or
		 * the file not writable.
		 */
		UNUSABLE

	}

}
