package io.securestreams.policy;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * One entry of the policy section {@code certs}: a certificate, or the private key that a
 * streamtype's {@code server_key} names. Decoded and parsed when the policy was read.
 */
public sealed interface CertificateEntry {

	/**
	 * Returns the entry's name.
	 * @return the key in {@code certs}
	 */
	String name();

	/**
	 * An X.509 certificate (RFC 5280).
	 *
	 * @param name the key in {@code certs}
	 * @param certificate the parsed certificate
	 */
	record X509(String name, X509Certificate certificate) implements CertificateEntry {

		@Override
		public String toString() {
			return "X509[" + this.name + ", " + this.certificate.getSubjectX500Principal() + "]";
		}

	}

	/**
	 * A private key that was given as PKCS#1 (RFC 8017), PKCS#8 (RFC 5208) or SEC1 (RFC
	 * 5915).
	 *
	 * @param name the key in {@code certs}
	 * @param key the parsed key; never printed
	 */
	public record Key(String name, PrivateKey key) implements CertificateEntry {

		@Override
		public String toString() {
			return "Key[" + this.name + ", " + this.key.getAlgorithm() + "]";
		}

	}

	/**
	 * Makes a certificate of a static policy.
	 * @param base64 its DER
	 * @return the certificate
	 * @throws IllegalArgumentException if this is none
	 */
	static X509Certificate certificate(String base64) {
		try {
			return (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
		}
		catch (CertificateException ex) {
			throw new IllegalArgumentException("not a certificate", ex);
		}
	}

	/**
	 * Makes a private key of a static policy.
	 * @param algorithm its algorithm, as {@code RSA} or {@code EC}
	 * @param base64 its PKCS#8 as DER
	 * @return the key
	 * @throws IllegalArgumentException if this is none
	 */
	static PrivateKey key(String algorithm, String base64) {
		try {
			return KeyFactory.getInstance(algorithm)
				.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("not a private key", ex);
		}
	}

}
