package io.securestreams.transport.tls;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import io.securestreams.stream.PrintableText;

/**
 * What is asked of certificates beyond what the JDK asks: keys and hashes as of RFC 9325
 * section 4.5, names as of RFC 9525.
 */
final class CertificateRules {

	private static final int MIN_RSA_BITS = 2048;

	private static final int MIN_EC_BITS = 224;

	private static final List<String> BROKEN_HASHES = List.of("SHA1", "SHA-1", "MD5", "MD2");

	private static final int DNS_NAME = 2;

	private static final int IP_ADDRESS = 7;

	private CertificateRules() {
	}

	/** Names a certificate, by what its owner has chosen. */
	static String subject(X509Certificate certificate) {
		return PrintableText.of(certificate.getSubjectX500Principal().toString());
	}

	/** Refuses keys that are too short. */
	static void requireStrongKey(X509Certificate certificate) throws CertificateException {
		PublicKey key = certificate.getPublicKey();
		int bits = Integer.MAX_VALUE;
		int least = MIN_RSA_BITS;
		if (key instanceof RSAPublicKey rsa) {
			bits = rsa.getModulus().bitLength();
		}
		else if (key instanceof DSAPublicKey dsa && dsa.getParams() != null) {
			bits = dsa.getParams().getP().bitLength();
		}
		else if (key instanceof ECPublicKey ec) {
			bits = ec.getParams().getCurve().getField().getFieldSize();
			least = MIN_EC_BITS;
		}
		if (bits < least) {
			throw new CertificateException("certificate " + subject(certificate) + " has a key of " + bits
					+ " bits (expected: at least " + least + " for " + key.getAlgorithm() + ", RFC 9325)");
		}
	}

	/** Refuses signatures that can be forged. */
	static void requireStrongSignature(X509Certificate certificate) throws CertificateException {
		String algorithm = certificate.getSigAlgName();
		String upper = algorithm.toUpperCase(Locale.ROOT);
		if (BROKEN_HASHES.stream().anyMatch(upper::startsWith)) {
			throw new CertificateException("certificate " + subject(certificate) + " is signed with " + algorithm
					+ " (expected: SHA-256 or better, RFC 9325)");
		}
	}

	/** Refuses certificates that name nobody, where it is not known who is asked for. */
	static void requireAnyName(X509Certificate certificate) throws CertificateException {
		Collection<List<?>> names = certificate.getSubjectAlternativeNames();
		if (names != null
				&& names.stream().anyMatch((name) -> name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS))) {
			return;
		}
		throw new CertificateException(
				"No subject alternative name: certificate " + subject(certificate) + " is for no host (RFC 9525)");
	}

	/**
	 * Refuses certificates that name nobody: the JDK takes the subject's common name
	 * instead.
	 */
	static void requireName(X509Certificate certificate, String host) throws CertificateException {
		Collection<List<?>> names = certificate.getSubjectAlternativeNames();
		if (names != null && names.stream().anyMatch((name) -> name.get(0).equals(DNS_NAME))) {
			return;
		}
		throw new CertificateException("No subject alternative DNS name: certificate " + subject(certificate)
				+ " cannot be one for " + host + " (RFC 9525)");
	}

}
