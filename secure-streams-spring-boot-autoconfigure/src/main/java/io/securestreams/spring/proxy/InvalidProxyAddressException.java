package io.securestreams.spring.proxy;

import io.securestreams.stream.SecureStreamsException;

/**
 * A property names an address of a proxy that is none.
 */
public class InvalidProxyAddressException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String problem;

	/**
	 * Makes an exception.
	 * @param property name of the property
	 * @param problem the address, what is wrong with it, and what is expected
	 * @param cause what is behind it
	 */
	public InvalidProxyAddressException(String property, String problem, Throwable cause) {
		super(property + ": " + problem, cause);
		this.property = property;
		this.problem = problem;
	}

	/**
	 * Returns the property.
	 * @return its name
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Returns what is wrong.
	 * @return the address, what is wrong with it, and what is expected
	 */
	public String problem() {
		return this.problem;
	}

}
