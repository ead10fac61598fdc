package io.securestreams.policy.json.certificates;

import java.io.IOException;
import java.security.PrivateKey;

import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/**
 * Reads PKCS#1 and SEC1 keys with the help of BouncyCastle. The keys are the JDK's own.
 */
final class BouncyCastleKeyDecoder implements PrivateKeyDecoder {

	@Override
	public @Nullable PrivateKey decode(byte[] der) {
		try {
			return new JcaPEMKeyConverter()
				.getPrivateKey(info(ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der))));
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	private static PrivateKeyInfo info(ASN1Sequence sequence) throws IOException {
		return switch (DerForm.of(sequence.getEncoded())) {
			case PKCS1 ->
				new PrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
						RSAPrivateKey.getInstance(sequence));
			case SEC1 -> {
				ECPrivateKey key = ECPrivateKey.getInstance(sequence);
				yield new PrivateKeyInfo(
						new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
			}
			default -> PrivateKeyInfo.getInstance(sequence);
		};
	}

}
