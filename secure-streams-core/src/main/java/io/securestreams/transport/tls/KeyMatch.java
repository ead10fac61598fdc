package io.securestreams.transport.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a private key belongs to a certificate, which the JDK's TLS notices
 * only during handshakes.
 */
final class KeyMatch {

	private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA",
			"EdDSA", "EdDSA", "Ed25519", "Ed25519", "Ed448", "Ed448");

	private KeyMatch() {
	}

	/** Signs something and verifies it. Keys of other kinds are taken as they are. */
	static void require(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
		@Nullable String algorithm = SIGNATURES.get(privateKey.getAlgorithm());
		if (algorithm == null) {
			return;
		}
		byte[] probe = { 1, 2, 3, 4 };
		Signature signature = Signature.getInstance(algorithm);
		signature.initSign(privateKey);
		signature.update(probe);
		byte[] signed = signature.sign();
		boolean matches;
		try {
			signature.initVerify(publicKey);
			signature.update(probe);
			matches = signature.verify(signed);
		}
		catch (GeneralSecurityException ex) {
			matches = false;
		}
		if (!matches) {
			throw new InvalidKeyException("the key does not belong to the certificate");
		}
	}

}
