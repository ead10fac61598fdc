package io.securestreams.stream;

import org.jspecify.annotations.Nullable;

/**
 * A message that was given to {@code SecureStream.send} has not been sent, or not as a
 * whole, and is not going to be.
 */
public class SendFailedException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable StreamFailure failure;

	/**
	 * Makes the exception of a message whose connection or attempt has failed.
	 * @param failure the failure
	 */
	public SendFailedException(StreamFailure failure) {
		super(failure.toString(), failure.cause());
		this.failure = failure;
	}

	/**
	 * Makes the exception of a message that has failed for a reason of its own.
	 * @param message what has happened
	 * @param failure why the connection ended, or {@code null} if it has not
	 */
	public SendFailedException(String message, @Nullable StreamFailure failure) {
		super(message);
		this.failure = failure;
	}

	/**
	 * Returns why the connection or attempt ended.
	 * @return the failure, or {@code null} if that was not the reason
	 */
	public @Nullable StreamFailure failure() {
		return this.failure;
	}

}
