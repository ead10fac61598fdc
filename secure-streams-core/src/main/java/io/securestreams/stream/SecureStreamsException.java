package io.securestreams.stream;

import org.jspecify.annotations.Nullable;

/**
 * Root of what this library throws for misuse and for what cannot work. The network never
 * throws, see {@link StreamFailure}.
 */
public class SecureStreamsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message what is wrong and what to do about it
	 */
	public SecureStreamsException(String message) {
		super(message);
	}

	/**
	 * Makes an exception.
	 * @param message what is wrong and what to do about it
	 * @param cause what is behind it, or {@code null}
	 */
	public SecureStreamsException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
