package io.securestreams.proxy.wire;

/**
 * The other side broke the protocol, so that its link ends. Carries no stack trace:
 * hostile peers can cause it at will. The message holds numbers only, nothing of what was
 * received.
 */
public final class WireViolation extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Makes the end of a link.
	 * @param message what is wrong
	 */
	public WireViolation(String message) {
		super(message, null, false, false);
	}

}
