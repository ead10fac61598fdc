package io.securestreams.spring.boot.autoconfigure;

import java.util.List;

import io.securestreams.stream.SecureStreamsException;

/**
 * A property names an SSL bundle that does not exist.
 */
public class UnknownSslBundleException extends SecureStreamsException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String bundle;

	private final List<String> known;

	UnknownSslBundleException(String property, String bundle, List<String> known, Throwable cause) {
		super(property + ": there is no SSL bundle \"" + bundle + "\" (known: " + String.join(", ", known) + ")",
				cause);
		this.property = property;
		this.bundle = bundle;
		this.known = List.copyOf(known);
	}

	/**
	 * Returns the property.
	 * @return its name
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Returns the name it has.
	 * @return name of a bundle
	 */
	public String bundle() {
		return this.bundle;
	}

	/**
	 * Returns the bundles there are.
	 * @return their names
	 */
	public List<String> known() {
		return this.known;
	}

}
