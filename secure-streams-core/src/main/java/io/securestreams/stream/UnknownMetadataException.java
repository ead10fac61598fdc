package io.securestreams.stream;

/**
 * The streamtype's policy does not declare such metadata; a programming error.
 */
public class UnknownMetadataException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message what is wrong and what to do about it
	 */
	public UnknownMetadataException(String message) {
		super(message);
	}

}
