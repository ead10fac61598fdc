package io.securestreams.policy.json;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;

/**
 * Checks that a private key belongs to a certificate.
 */
final class KeyPairCheck {

	private static final byte[] PROBE = { 1, 2, 3, 4, 5, 6, 7, 8 };

	private KeyPairCheck() {
	}

	static boolean matches(PublicKey certified, PrivateKey key) {
		if (certified instanceof RSAKey left && key instanceof RSAKey right) {
			return left.getModulus().equals(right.getModulus());
		}
		return switch (key.getAlgorithm()) {
			case "EC" -> verifies("SHA256withECDSA", certified, key);
			case "EdDSA", "Ed25519", "Ed448" -> verifies("EdDSA", certified, key);
			default -> false;
		};
	}

	private static boolean verifies(String algorithm, PublicKey certified, PrivateKey key) {
		try {
			Signature signer = Signature.getInstance(algorithm);
			signer.initSign(key);
			signer.update(PROBE);
			byte[] signature = signer.sign();
			Signature verifier = Signature.getInstance(algorithm);
			verifier.initVerify(certified);
			verifier.update(PROBE);
			return verifier.verify(signature);
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			return false;
		}
	}

}
