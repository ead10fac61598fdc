package io.securestreams.stream;

/**
 * Too much is waiting to be sent on a stream; nothing of the refused message was sent.
 */
public class StreamOverflowException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message what is wrong and what to do about it
	 */
	public StreamOverflowException(String message) {
		super(message);
	}

}
