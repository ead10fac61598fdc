package io.securestreams.policy.json;

/**
 * The document that the README of Secure Streams shows, for tests of other packages.
 */
public final class ReadmePolicies {

	public static final String README = ReadmePolicyTests.README;

	private ReadmePolicies() {
	}

	/** The DER of a certificate, in base64. */
	public static String certificate() {
		return TestCertificates.base64(TestCertificates.RSA);
	}

}
