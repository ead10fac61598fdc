package io.securestreams.transport.http;

import io.securestreams.stream.PrintableText;

/**
 * A redirect that is not followed; the attempt fails with phase {@code REDIRECT}.
 */
public final class RedirectRefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message why it is not followed
	 */
	public RedirectRefusedException(String message) {
		super(PrintableText.of(message), null, false, false);
	}

}
