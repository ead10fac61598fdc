package io.securestreams.transport.http1;

import io.securestreams.stream.PrintableText;

/**
 * A received message breaks RFC 9112 or a limit. There is no way to go on reading the
 * connection.
 */
public final class MalformedMessageException extends Exception {

	private static final long serialVersionUID = 1L;

	private final int status;

	/**
	 * Makes an exception.
	 * @param status what a server answers
	 * @param message what is wrong; never repeats what was received
	 */
	public MalformedMessageException(int status, String message) {
		super(PrintableText.of(message), null, false, false);
		this.status = status;
	}

	public static MalformedMessageException badRequest(String message) {
		return new MalformedMessageException(400, message);
	}

	public int status() {
		return this.status;
	}

}
