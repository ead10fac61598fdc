package io.securestreams.transport.http2.frame;

import io.netty.handler.codec.http2.Http2Error;

import io.securestreams.stream.PrintableText;

/**
 * The peer broke the protocol or exceeded a limit so that the whole connection ends (RFC
 * 9113 section 5.4.1). Carries no stack trace: hostile peers can cause it at will.
 */
public final class Http2Violation extends Exception {

	private static final long serialVersionUID = 1L;

	private final Http2Error error;

	/** Makes the end of a connection. */
	public Http2Violation(Http2Error error, String message) {
		super(PrintableText.of(message), null, false, false);
		this.error = error;
	}

	/**
	 * Returns the code for GOAWAY.
	 * @return the error code
	 */
	public Http2Error error() {
		return this.error;
	}

	/**
	 * Returns the name of an error code.
	 * @param code what a peer has sent
	 * @return its name, or the number of an unknown one
	 */
	public static String nameOf(long code) {
		Http2Error error = Http2Error.valueOf(code);
		return (error != null) ? error.name() : "error " + code;
	}

}
