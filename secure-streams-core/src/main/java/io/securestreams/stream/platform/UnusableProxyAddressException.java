package io.securestreams.stream.platform;

import io.securestreams.stream.SecureStreamsException;

/**
 * This process has no way to the address of the proxy that is to fulfil its streams, now
 * or ever.
 */
public class UnusableProxyAddressException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String address;

	/**
	 * Makes an exception.
	 * @param address the address, as in {@code io.securestreams.proxy.ProxyAddress}
	 * @param cause why it cannot be used
	 */
	public UnusableProxyAddressException(String address, Throwable cause) {
		super("proxy address \"" + address + "\": " + cause.getMessage(), cause);
		this.address = address;
	}

	/**
	 * Returns the address.
	 * @return as in {@code io.securestreams.proxy.ProxyAddress}
	 */
	public String address() {
		return this.address;
	}

}
