package io.securestreams.policy.json.certificates;

import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

import io.securestreams.policy.CertificateEntry;
import org.jspecify.annotations.Nullable;

/**
 * Decodes an entry of {@code certs}: a certificate or a private key, as base64 DER or
 * with PEM armour (RFC 7468).
 */
public final class CertificateDecoder {

	/** Most bytes of DER that an entry has. */
	static final int MAX_DER = 64 * 1024;

	private static final int MAX_TEXT = MAX_DER * 2;

	private static final String BEGIN = "-----BEGIN ";

	private static final String DASHES = "-----";

	private CertificateDecoder() {
	}

	public static CertificateEntry decode(String name, String text) throws MalformedEntryException {
		if (text.length() > MAX_TEXT) {
			throw tooLarge();
		}
		byte[] der = base64(text.contains(DASHES) ? unarmour(text) : text);
		if (der.length > MAX_DER) {
			throw tooLarge();
		}
		return switch (DerForm.of(der)) {
			case CERTIFICATE -> new CertificateEntry.X509(name, certificate(der));
			case PKCS8 -> new CertificateEntry.Key(name, key(PrivateKeyDecoder.JDK.decode(der), der));
			case PKCS1, SEC1 -> new CertificateEntry.Key(name, key(null, der));
			case ENCRYPTED_KEY ->
				throw new MalformedEntryException("an encrypted private key", "one without a password");
			case TRUNCATED -> throw new MalformedEntryException(
					"DER of the wrong length: cut off or with something behind it", "one certificate or private key");
			case UNKNOWN -> throw new MalformedEntryException("neither a certificate nor a private key",
					"an X.509 certificate, or a PKCS#8, PKCS#1 or SEC1 private key");
		};
	}

	private static MalformedEntryException tooLarge() {
		return new MalformedEntryException("too large", "at most " + MAX_DER + " bytes of DER");
	}

	/** Takes the one certificate or key out of PEM. */
	private static String unarmour(String text) throws MalformedEntryException {
		String found = null;
		int begin = text.indexOf(BEGIN);
		while (begin >= 0) {
			int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
			String label = (labelEnd < 0) ? "" : text.substring(begin + BEGIN.length(), labelEnd);
			int end = (labelEnd < 0) ? -1 : text.indexOf("-----END " + label + DASHES, labelEnd);
			if (end < 0) {
				throw new MalformedEntryException("PEM without its end line", "-----END ...-----");
			}
			if (!label.endsWith("PARAMETERS")) {
				if (found != null) {
					throw new MalformedEntryException("several PEM blocks", "one per entry");
				}
				found = text.substring(labelEnd + DASHES.length(), end);
			}
			begin = text.indexOf(BEGIN, end);
		}
		if (found == null) {
			throw new MalformedEntryException("PEM without its begin line", "-----BEGIN ...-----");
		}
		if (found.toUpperCase(Locale.ROOT).contains("ENCRYPTED")) {
			throw new MalformedEntryException("an encrypted private key", "one without a password");
		}
		return found;
	}

	private static byte[] base64(String text) throws MalformedEntryException {
		byte[] compact = new byte[text.length()];
		int length = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
				continue;
			}
			compact[length++] = (c < 0x80) ? (byte) c : (byte) '?';
		}
		if (length == 0) {
			throw new MalformedEntryException("empty", "base64 DER or PEM");
		}
		try {
			return Base64.getDecoder().decode(Arrays.copyOf(compact, length));
		}
		catch (IllegalArgumentException ex) {
			int bad = badCharacter(text);
			throw new MalformedEntryException(
					(bad >= 0) ? "invalid base64 at character " + bad : "invalid base64: the last group is incomplete",
					"A-Z, a-z, 0-9, +, / and = at the end");
		}
	}

	private static int badCharacter(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
					|| "+/= \n\r\t".indexOf(c) >= 0;
			if (!good) {
				return i;
			}
		}
		return -1;
	}

	private static X509Certificate certificate(byte[] der) throws MalformedEntryException {
		try {
			CertificateFactory factory = CertificateFactory.getInstance("X.509");
			return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
		}
		catch (CertificateException ex) {
			throw new MalformedEntryException("malformed certificate", "an X.509 certificate");
		}
	}

	private static PrivateKey key(@Nullable PrivateKey decoded, byte[] der) throws MalformedEntryException {
		PrivateKey key = (decoded != null) ? decoded : PrivateKeyDecoder.bouncyCastle().decode(der);
		if (key == null) {
			throw new MalformedEntryException("malformed private key, or of an unknown algorithm",
					"RSA, EC, Ed25519 or Ed448");
		}
		return key;
	}

	/**
	 * An entry cannot be decoded. The text never holds a part of the entry.
	 */
	public static final class MalformedEntryException extends Exception {

		private static final long serialVersionUID = 1L;

		private final String problem;

		private final String expected;

		MalformedEntryException(String problem, String expected) {
			super(problem, null, false, false);
			this.problem = problem;
			this.expected = expected;
		}

		public String problem() {
			return this.problem;
		}

		public String expected() {
			return this.expected;
		}

	}

}
