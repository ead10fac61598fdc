package io.securestreams.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

import io.securestreams.policy.KeyMatch;

/**
 * Reads a certificate with its key from bytes, DER or PEM. Keys are PKCS#8, PKCS#1 or
 * SEC1, not encrypted.
 */
final class ClientIdentityReader {

	private static final String PEM_START = "-----BEGIN ";

	/** Labels of what an unmarked key may be (RFC 7468 section 10, and of old). */
	private static final List<String> KEY_LABELS = List.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");

	private static final char[] NO_PASSWORD = new char[0];

	private ClientIdentityReader() {
	}

	static KeyManagerFactory read(byte[] certificate, byte[] key) throws GeneralSecurityException {
		Collection<? extends Certificate> chain = certificates(certificate);
		PrivateKey privateKey = privateKey(key);
		KeyMatch.require(privateKey, chain.iterator().next().getPublicKey());
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		try {
			store.load(null, null);
		}
		catch (IOException ex) {
			throw new GeneralSecurityException(ex);
		}
		store.setKeyEntry("client", privateKey, NO_PASSWORD, chain.toArray(new Certificate[0]));
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(store, NO_PASSWORD);
		return factory;
	}

	private static Collection<? extends Certificate> certificates(byte[] bytes) throws CertificateException {
		Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
			.generateCertificates(new ByteArrayInputStream(bytes));
		if (chain.isEmpty()) {
			throw new CertificateException("there is no certificate in the blob (expected: X.509 as DER or PEM)");
		}
		return chain;
	}

	private static PrivateKey privateKey(byte[] bytes) throws InvalidKeyException {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		@Nullable PrivateKey key = null;
		if (text.contains(PEM_START)) {
			key = parse(text);
		}
		else {
			String body = Base64.getMimeEncoder().encodeToString(bytes);
			for (int i = 0; key == null && i < KEY_LABELS.size(); i++) {
				String label = KEY_LABELS.get(i);
				key = parse(PEM_START + label + "-----\n" + body + "\n-----END " + label + "-----\n");
			}
		}
		if (key == null) {
			throw new InvalidKeyException(
					"there is no private key in the blob (expected: PKCS#8, PKCS#1 or SEC1 as DER or PEM, not encrypted)");
		}
		return key;
	}

	private static @Nullable PrivateKey parse(String pem) throws InvalidKeyException {
		JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
		try (PEMParser parser = new PEMParser(new StringReader(pem))) {
			for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
				if (part instanceof PEMKeyPair pair) {
					return converter.getPrivateKey(pair.getPrivateKeyInfo());
				}
				if (part instanceof PrivateKeyInfo info) {
					return converter.getPrivateKey(info);
				}
				if (part instanceof PEMEncryptedKeyPair || part instanceof PKCS8EncryptedPrivateKeyInfo) {
					throw new InvalidKeyException("the key is encrypted (expected: one without a password)");
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// Not of this form; the text of such exceptions may quote the key
		}
		return null;
	}

}
