package io.securestreams.spring.boot.policy;

import io.securestreams.stream.SecureStreamsException;

/**
 * There is no policy where one is expected.
 */
public class MissingPolicyException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String location;

	MissingPolicyException(String property, String location, String reason) {
		super(property + ": " + location + " " + reason);
		this.property = property;
		this.location = location;
	}

	/**
	 * Returns the property that names the location.
	 * @return a property name
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Returns where the policy should be.
	 * @return a resource location
	 */
	public String location() {
		return this.location;
	}

}
