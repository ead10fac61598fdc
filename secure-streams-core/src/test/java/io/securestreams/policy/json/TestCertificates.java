package io.securestreams.policy.json;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Base64;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;

/**
 * Certificates and keys for policies, made once.
 */
final class TestCertificates {

	/** Long enough for certificates that never expire in a test. */
	static final Instant FAR = Instant.parse("2200-01-01T00:00:00Z");

	static final X509Bundle EC = selfSigned("CN=ec", Algorithm.ecp256, FAR);

	static final X509Bundle OTHER_EC = selfSigned("CN=other", Algorithm.ecp256, FAR);

	static final X509Bundle RSA = selfSigned("CN=rsa", Algorithm.rsa2048, FAR);

	static final X509Bundle ED25519 = selfSigned("CN=ed", Algorithm.ed25519, FAR);

	private TestCertificates() {
	}

	static X509Bundle selfSigned(String subject, Algorithm algorithm, Instant notAfter) {
		try {
			return new CertificateBuilder().subject(subject)
				.algorithm(algorithm)
				.notBefore(Instant.parse("2000-01-01T00:00:00Z"))
				.notAfter(notAfter)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String base64(X509Bundle bundle) {
		try {
			return base64(bundle.getCertificate().getEncoded());
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String base64(PrivateKey key) {
		return base64(key.getEncoded());
	}

	static String base64(byte[] der) {
		return Base64.getEncoder().encodeToString(der);
	}

	/** The content of a JSON string. */
	static String escaped(String pem) {
		return pem.replace("\r", "").replace("\n", "\\n");
	}

}
