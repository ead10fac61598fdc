package io.securestreams.demo.certificates;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
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
 * A certificate authority of one's own, made anew at each start: nothing to install,
 * nothing that expires, no key in the repository. A real application names a real
 * authority instead.
 */
public final class CertificateAuthority {

	private static final Duration VALIDITY = Duration.ofDays(365);

	private final X500Name name;

	private final KeyPair keys;

	private final byte[] certificate;

	/**
	 * Makes an authority.
	 * @param name its distinguished name
	 */
	public CertificateAuthority(String name) {
		this.name = new X500Name(name);
		try {
			this.keys = keyPair();
			this.certificate = sign(builder(this.name, this.keys).addExtension(Extension.basicConstraints, true,
					new BasicConstraints(true)));
		}
		catch (GeneralSecurityException | OperatorCreationException | IOException ex) {
			throw new IllegalStateException("cannot make a certificate authority", ex);
		}
	}

	/**
	 * Returns the authority's own certificate.
	 * @return DER
	 */
	public byte[] certificate() {
		return this.certificate.clone();
	}

	/**
	 * Issues a certificate for a server, or for a person if there are no host names.
	 * @param subject its distinguished name
	 * @param hosts host names and IP addresses
	 * @return the certificate and its key
	 */
	public Identity issue(String subject, String... hosts) {
		try {
			KeyPair own = keyPair();
			X509v3CertificateBuilder builder = builder(new X500Name(subject), own);
			if (hosts.length > 0) {
				GeneralName[] names = new GeneralName[hosts.length];
				for (int i = 0; i < hosts.length; i++) {
					boolean address = hosts[i].matches("[0-9.]+");
					names[i] = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, hosts[i]);
				}
				builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
			}
			return new Identity(sign(builder), own.getPrivate().getEncoded());
		}
		catch (GeneralSecurityException | OperatorCreationException | IOException ex) {
			throw new IllegalStateException("cannot make a certificate for " + subject, ex);
		}
	}

	private static KeyPair keyPair() throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
		generator.initialize(new ECGenParameterSpec("secp256r1"));
		return generator.generateKeyPair();
	}

	private X509v3CertificateBuilder builder(X500Name subject, KeyPair key) {
		Instant now = Instant.now();
		return new JcaX509v3CertificateBuilder(this.name, new BigInteger(64, new SecureRandom()),
				Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(VALIDITY)), subject, key.getPublic());
	}

	private byte[] sign(X509v3CertificateBuilder builder) throws OperatorCreationException, IOException {
		return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(this.keys.getPrivate())).getEncoded();
	}

	/**
	 * Who somebody is, and the proof.
	 *
	 * @param certificate DER
	 * @param key private key, PKCS#8 DER
	 */
	public record Identity(byte[] certificate, byte[] key) {

		@Override
		public String toString() {
			return "Identity[***]";
		}

	}

}
