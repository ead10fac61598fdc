package io.securestreams.system.policyfetch.signature;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Detached signatures in the compact form of JSON Web Signature (RFC 7515, appendix F):
 * {@code header..signature}; with {@code "b64": false} the document is signed as it is
 * (RFC 7797). The key is that of the first certificate of {@code x5c}, which has to be
 * issued by one of those that are trusted, and fit for signing; without {@code x5c} that
 * of one of the trusted certificates themselves. Keys that the header names in any other
 * way are not looked at, {@code none} and shared secrets are refused.
 */
public final class JwsPolicySignature implements PolicySignature {

	private static final int MAX_CHAIN = 10;

	/** Of a header; known ones that are not here say nothing about the signature. */
	private static final Set<String> CRITICAL = Set.of("b64");

	private final Supplier<? extends Collection<X509Certificate>> trusted;

	/**
	 * Makes a verifier.
	 * @param trusted gives the certificates of signers, or of those who issue them; asked
	 * each time
	 */
	public JwsPolicySignature(Supplier<? extends Collection<X509Certificate>> trusted) {
		this.trusted = trusted;
	}

	/**
	 * Whether this is the compact form of a JWS: its header is an object, so that its
	 * first letter in base64 is always the same.
	 */
	static boolean looksLike(byte[] signature) {
		for (byte letter : signature) {
			if (!Character.isWhitespace(letter)) {
				return letter == 'e';
			}
		}
		return false;
	}

	@Override
	public void verify(byte[] document, byte[] signature) throws GeneralSecurityException {
		String[] parts = ascii(signature).strip().split("\\.", -1);
		if (parts.length != 3 || !parts[1].isEmpty()) {
			throw new SignatureException("not a detached JWS (expected: header..signature)");
		}
		JwsHeader header = JwsHeader.read(decoded(parts[0]));
		for (String name : header.critical()) {
			if (!CRITICAL.contains(name)) {
				throw new SignatureException("the JWS has what is not understood: crit");
			}
		}
		JwsAlgorithm algorithm = JwsAlgorithm.of(header.algorithm());
		byte[] input = input(parts[0], document, header.encoded());
		byte[] value = decoded(parts[2]);
		for (PublicKey key : keys(header, algorithm)) {
			if (verifies(algorithm, key, input, value)) {
				return;
			}
		}
		throw new SignatureException("it is not the signature of this document");
	}

	private static boolean verifies(JwsAlgorithm algorithm, PublicKey key, byte[] input, byte[] value)
			throws GeneralSecurityException {
		Signature verifier = algorithm.verifier();
		try {
			verifier.initVerify(key);
			verifier.update(input);
			return verifier.verify(value);
		}
		catch (InvalidKeyException | SignatureException ex) {
			// Of another length, for example; somebody else may have signed
			return false;
		}
	}

	/** The keys that may have signed. */
	private List<PublicKey> keys(JwsHeader header, JwsAlgorithm algorithm) throws GeneralSecurityException {
		SignerTrust trust = new SignerTrust(this.trusted.get());
		List<PublicKey> keys = new ArrayList<>();
		if (header.chain().isEmpty()) {
			for (X509Certificate certificate : trust.anchors()) {
				if (algorithm.takes(certificate.getPublicKey()) && isValid(certificate)) {
					keys.add(certificate.getPublicKey());
				}
			}
			if (keys.isEmpty()) {
				throw new CertificateException("nobody who is trusted has a key for " + header.algorithm()
						+ ", and the JWS has no certificate (x5c)");
			}
			return keys;
		}
		List<X509Certificate> sent = certificates(header.chain());
		X509Certificate signer = sent.get(0);
		trust.require(signer, sent);
		if (!algorithm.takes(signer.getPublicKey())) {
			throw new CertificateException("the signer's key is not one for " + header.algorithm());
		}
		return List.of(signer.getPublicKey());
	}

	private static boolean isValid(X509Certificate certificate) {
		try {
			certificate.checkValidity();
			return true;
		}
		catch (CertificateException ex) {
			return false;
		}
	}

	/** RFC 7515 section 4.1.6: base64, not base64url, of DER. */
	private static List<X509Certificate> certificates(List<String> chain) throws GeneralSecurityException {
		if (chain.size() > MAX_CHAIN) {
			throw new CertificateException(
					"x5c has " + chain.size() + " certificates (expected: at most " + MAX_CHAIN + ")");
		}
		CertificateFactory factory = CertificateFactory.getInstance("X.509");
		List<X509Certificate> certificates = new ArrayList<>();
		for (String text : chain) {
			try {
				byte[] der = Base64.getDecoder().decode(text);
				certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
			}
			catch (IllegalArgumentException ex) {
				throw new CertificateException("x5c has what is no certificate", ex);
			}
		}
		return certificates;
	}

	private static byte[] input(String header, byte[] document, boolean encoded) {
		byte[] payload = encoded ? Base64.getUrlEncoder().withoutPadding().encode(document) : document;
		ByteArrayOutputStream input = new ByteArrayOutputStream(header.length() + 1 + payload.length);
		input.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
		input.write('.');
		input.writeBytes(payload);
		return input.toByteArray();
	}

	private static String ascii(byte[] text) throws SignatureException {
		try {
			return StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(text)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new SignatureException("not a detached JWS (expected: header..signature)", ex);
		}
	}

	private static byte[] decoded(String text) throws SignatureException {
		try {
			byte[] bytes = Base64.getUrlDecoder().decode(text);
			// No padding, and no other text for the same bytes
			if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
				return bytes;
			}
		}
		catch (IllegalArgumentException ex) {
			// As below
		}
		throw new SignatureException("not a detached JWS: a part is not base64url");
	}

}
