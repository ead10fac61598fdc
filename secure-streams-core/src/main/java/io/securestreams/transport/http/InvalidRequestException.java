package io.securestreams.transport.http;

import io.securestreams.stream.PrintableText;

/**
 * Policy and metadata do not make a request that may be sent. Nothing has been sent; the
 * attempt fails with phase {@code POLICY}. The message never repeats a header value.
 */
public final class InvalidRequestException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message what is wrong
	 */
	public InvalidRequestException(String message) {
		super(PrintableText.of(message), null, false, false);
	}

}
