package io.securestreams.policy;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KeyMatchTests {

	@ParameterizedTest
	@ValueSource(strings = { "RSA", "EC", "Ed25519", "Ed448", "DSA", "RSASSA-PSS" })
	void keyBelongsToItsOwnCertificateAlone(String algorithm) throws GeneralSecurityException {
		KeyPair own = pair(algorithm);
		assertThatCode(() -> KeyMatch.require(own.getPrivate(), own.getPublic())).doesNotThrowAnyException();
		PublicKey other = pair(algorithm).getPublic();
		assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> KeyMatch.require(own.getPrivate(), other))
			.withMessage("the key does not belong to the certificate");
	}

	@Test
	void keyOfAnotherKindNeverBelongs() throws GeneralSecurityException {
		PrivateKey key = pair("EC").getPrivate();
		PublicKey certified = pair("Ed25519").getPublic();
		assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> KeyMatch.require(key, certified));
		assertThatExceptionOfType(InvalidKeyException.class)
			.isThrownBy(() -> KeyMatch.require(new Unknown("Kyber"), certified));
	}

	/** Hardware may have kinds that cannot be tried here; the handshake will tell. */
	@Test
	void unknownKindIsTakenAsItIs() {
		assertThatCode(() -> KeyMatch.require(new Unknown("Kyber"), new UnknownCertified("Kyber")))
			.doesNotThrowAnyException();
	}

	@Test
	void keyThatCannotSignIsRefused() throws GeneralSecurityException {
		PublicKey certified = pair("EC").getPublic();
		assertThatExceptionOfType(GeneralSecurityException.class)
			.isThrownBy(() -> KeyMatch.require(new Unknown("EC"), certified));
	}

	private static KeyPair pair(String algorithm) throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
		if (!algorithm.startsWith("Ed")) {
			generator.initialize(algorithm.equals("EC") ? 256 : 1024);
		}
		return generator.generateKeyPair();
	}

	private record Unknown(String algorithm) implements PrivateKey {

		@Override
		public String getAlgorithm() {
			return this.algorithm;
		}

		@Override
		public String getFormat() {
			return "none";
		}

		@Override
		public byte[] getEncoded() {
			return new byte[0];
		}

	}

	private record UnknownCertified(String algorithm) implements PublicKey {

		@Override
		public String getAlgorithm() {
			return this.algorithm;
		}

		@Override
		public String getFormat() {
			return "none";
		}

		@Override
		public byte[] getEncoded() {
			return new byte[0];
		}

	}

}
