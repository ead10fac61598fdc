package io.securestreams.spring.template;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;

/**
 * A transaction was not acknowledged.
 */
public class TransactionException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final Outcome outcome;

	private final transient @Nullable StreamFailure failure;

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
		super("streamtype \"" + streamType + "\": " + outcome + ", " + detail,
				(cause != null) ? cause : (failure != null) ? failure.cause() : null);
		this.outcome = outcome;
		this.failure = failure;
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
		/** The stream has been closed, for example because the application stops. */
		CLOSED,
		/**
		 * The body cannot be read, or what came back cannot be kept: it is too long, or
		 * the file not writable.
		 */
		UNUSABLE

	}

}
