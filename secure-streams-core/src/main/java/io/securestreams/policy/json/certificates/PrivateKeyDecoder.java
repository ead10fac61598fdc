package io.securestreams.policy.json.certificates;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * Reads DER private keys.
 */
@FunctionalInterface
interface PrivateKeyDecoder {

	/** Reads PKCS#8, which is all that the JDK knows. */
	PrivateKeyDecoder JDK = (der) -> {
		PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
		for (String algorithm : new String[] { "RSA", "EC", "EdDSA", "RSASSA-PSS" }) {
			try {
				return KeyFactory.getInstance(algorithm).generatePrivate(spec);
			}
			catch (GeneralSecurityException ex) {
				// Of another algorithm
			}
		}
		return null;
	};

	/**
	 * Reads a key.
	 * @param der the key
	 * @return the key, or {@code null} if it cannot be read
	 */
	@Nullable PrivateKey decode(byte[] der);

	/**
	 * Returns the decoder for other forms. BouncyCastle is loaded only here.
	 */
	static PrivateKeyDecoder bouncyCastle() {
		return new BouncyCastleKeyDecoder();
	}

}
