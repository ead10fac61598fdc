package io.securestreams.policy;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a private key belongs to a certificate, which the JDK's TLS notices
 * only during handshakes.
 */
public final class KeyMatch {

	private static final byte[] PROBE = { 1, 2, 3, 4, 5, 6, 7, 8 };

	private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA",
			"EdDSA", "EdDSA", "DSA", "SHA256withDSA");

	private KeyMatch() {
	}

	/**
	 * Refuses a private key that does not belong to a certificate. Keys of different
	 * kinds never match. For keys of a kind that is not known here there is no proof
	 * either way: they are taken as they are, and handshakes tell.
	 * @param privateKey the private key, which may live in hardware
	 * @param certified the public key of the certificate
	 * @throws InvalidKeyException if the key belongs to another certificate
	 * @throws GeneralSecurityException if the key cannot be used
	 */
	public static void require(PrivateKey privateKey, PublicKey certified) throws GeneralSecurityException {
		if (privateKey instanceof RSAKey own && certified instanceof RSAKey other) {
			requireMatch(own.getModulus().equals(other.getModulus()));
			return;
		}
		String kind = kind(privateKey);
		requireMatch(kind.equals(kind(certified)));
		@Nullable String algorithm = SIGNATURES.get(kind);
		if (algorithm != null) {
			requireMatch(verifies(algorithm, sign(algorithm, privateKey), certified));
		}
	}

	/** The algorithm of a key; providers disagree on the names for Edwards curves. */
	private static String kind(Key key) {
		return switch (key.getAlgorithm()) {
			case "Ed25519", "Ed448" -> "EdDSA";
			case "ECDSA" -> "EC";
			default -> key.getAlgorithm();
		};
	}

	private static byte[] sign(String algorithm, PrivateKey key) throws GeneralSecurityException {
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initSign(key);
			signature.update(PROBE);
			return signature.sign();
		}
		catch (RuntimeException ex) {
			throw new InvalidKeyException("the key cannot sign", ex);
		}
	}

	private static boolean verifies(String algorithm, byte[] signed, PublicKey certified) {
		try {
			Signature signature = Signature.getInstance(algorithm);
			signature.initVerify(certified);
			signature.update(PROBE);
			return signature.verify(signed);
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			return false;
		}
	}

	private static void requireMatch(boolean matches) throws InvalidKeyException {
		if (!matches) {
			throw new InvalidKeyException("the key does not belong to the certificate");
		}
	}

}
