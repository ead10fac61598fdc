package io.securestreams.system.policyfetch.signature;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/**
 * The algorithms that a JWS may have (RFC 7518 section 3.1, RFC 8037 section 3.1), and no
 * others. A key is good for its own kind only.
 */
enum JwsAlgorithm {

	/** RSASSA-PKCS1-v1_5 with SHA-256. */
	RS256("SHA256withRSA"),
	/** RSASSA-PSS with SHA-256. */
	PS256("RSASSA-PSS"),
	/** ECDSA on P-256 with SHA-256. */
	ES256("SHA256withECDSAinP1363Format"),
	/** Ed25519. */
	EdDSA("Ed25519");

	private static final int MIN_RSA_BITS = 2048;

	/** Of P-256. */
	private static final BigInteger ORDER = new BigInteger(
			"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

	private static final int DIGEST_LENGTH = 32;

	private final String name;

	JwsAlgorithm(String name) {
		this.name = name;
	}

	static JwsAlgorithm of(String name) throws SignatureException {
		for (JwsAlgorithm algorithm : values()) {
			if (algorithm.name().equals(name)) {
				return algorithm;
			}
		}
		throw new SignatureException("the JWS has another algorithm (expected: RS256, PS256, ES256 or EdDSA)");
	}

	boolean takes(PublicKey candidate) {
		return switch (this) {
			case RS256, PS256 -> isRsa(candidate);
			case ES256 -> isP256(candidate);
			case EdDSA -> isEd25519(candidate);
		};
	}

	Signature verifier() throws GeneralSecurityException {
		Signature verifier = Signature.getInstance(this.name);
		if (this == PS256) {
			verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, DIGEST_LENGTH, 1));
		}
		return verifier;
	}

	private static boolean isRsa(PublicKey key) {
		return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS;
	}

	private static boolean isP256(PublicKey key) {
		return key instanceof ECPublicKey ec && ec.getParams().getOrder().equals(ORDER);
	}

	private static boolean isEd25519(PublicKey key) {
		return key instanceof EdECPublicKey edwards && edwards.getParams().getName().equals("Ed25519");
	}

}
