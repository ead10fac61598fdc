package io.securestreams.transport.websocket.frame;

import io.securestreams.stream.PrintableText;

/**
 * The peer broke RFC 6455 or RFC 7692, or a limit. Not an error of ours: without a stack
 * trace.
 */
public final class WebSocketViolation extends Exception {

	private static final long serialVersionUID = 1L;

	private final int closeCode;

	public WebSocketViolation(int closeCode, String message) {
		super(PrintableText.of(message), null, false, false);
		this.closeCode = closeCode;
	}

	/** The code to close with (RFC 6455 section 7.4.1). */
	public int closeCode() {
		return this.closeCode;
	}

}
