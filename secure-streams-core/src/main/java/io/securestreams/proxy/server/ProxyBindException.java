package io.securestreams.proxy.server;

import io.securestreams.stream.factory.StreamBindException;

/**
 * A proxy cannot listen at one of its addresses.
 */
public class ProxyBindException extends StreamBindException {

	private static final long serialVersionUID = 1L;

	private final String reason;

	/**
	 * Makes an exception.
	 * @param address the address, as in {@link io.securestreams.proxy.ProxyAddress}
	 * @param reason why, in words
	 * @param cause what is behind it
	 */
	public ProxyBindException(String address, String reason, Throwable cause) {
		super("proxy", address, cause);
		this.reason = reason;
	}

	/**
	 * Returns why.
	 * @return the reason, in words
	 */
	public String reason() {
		return this.reason;
	}

	@Override
	public String getMessage() {
		return "the proxy cannot listen at " + address() + ": " + this.reason;
	}

}
