package io.securestreams.stream;

/**
 * The stream is gone.
 */
public class StreamClosedException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message what is wrong and what to do about it
	 */
	public StreamClosedException(String message) {
		super(message);
	}

}
