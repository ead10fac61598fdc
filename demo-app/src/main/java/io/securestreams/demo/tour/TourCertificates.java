package io.securestreams.demo.tour;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of the tour's own, and the library's certificate, as base64 DER
 * the way a policy has them. Made anew at each start: nothing to install, nothing that
 * expires, no key in the repository. A real policy names a real authority instead.
 *
 * @param authority certificate of the authority
 * @param library certificate of the library, for {@code localhost}
 * @param libraryKey its private key
 */
record TourCertificates(String authority, String library, String libraryKey) {

	private static final Duration VALIDITY = Duration.ofDays(365);

	static TourCertificates generate() {
		try {
			KeyPair authorityKey = keyPair();
			KeyPair libraryKey = keyPair();
			X500Name authority = new X500Name("CN=Secure Streams Tour CA");
			byte[] authorityCertificate = sign(builder(authority, authority, authorityKey)
				.addExtension(Extension.basicConstraints, true, new BasicConstraints(true)), authorityKey);
			GeneralNames names = new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost"));
			byte[] libraryCertificate = sign(builder(authority, new X500Name("CN=localhost"), libraryKey)
				.addExtension(Extension.subjectAlternativeName, false, names), authorityKey);
			return new TourCertificates(base64(authorityCertificate), base64(libraryCertificate),
					base64(libraryKey.getPrivate().getEncoded()));
		}
		catch (GeneralSecurityException | OperatorCreationException | IOException ex) {
			throw new IllegalStateException("cannot make the certificates of the tour", ex);
		}
	}

	private static KeyPair keyPair() throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
		generator.initialize(new ECGenParameterSpec("secp256r1"));
		return generator.generateKeyPair();
	}

	private static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair key) {
		Instant now = Instant.now();
		return new JcaX509v3CertificateBuilder(issuer, new BigInteger(64, new SecureRandom()),
				Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(VALIDITY)), subject, key.getPublic());
	}

	private static byte[] sign(X509v3CertificateBuilder certificate, KeyPair key)
			throws OperatorCreationException, IOException {
		return certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())).getEncoded();
	}

	private static String base64(byte[] der) {
		return Base64.getEncoder().encodeToString(der);
	}

	@Override
	public String toString() {
		return "TourCertificates[***]";
	}

}
