package io.securestreams.policy;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

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

}
