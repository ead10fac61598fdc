package io.securestreams.demo.tour;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

import javax.net.ssl.SSLException;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import io.securestreams.demo.certificates.CertificateAuthority;
import io.securestreams.demo.certificates.CertificateAuthority.Identity;

/**
 * Certificate of the tour's own authority, and the library's, as base64 DER the way a
 * policy has them.
 *
 * @param authority certificate of the authority
 * @param library certificate of the library, for {@code localhost}
 * @param libraryKey its private key
 */
record TourCertificates(String authority, String library, String libraryKey) {

	static TourCertificates generate() {
		CertificateAuthority authority = new CertificateAuthority("CN=Secure Streams Tour CA");
		Identity library = authority.issue("CN=localhost", "localhost");
		return new TourCertificates(base64(authority.certificate()), base64(library.certificate()),
				base64(library.key()));
	}

	/** What a server shows that is no stream: the certificate of the library. */
	SslContext libraryTls() throws GeneralSecurityException, SSLException {
		Base64.Decoder decoder = Base64.getDecoder();
		Certificate certificate = CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(decoder.decode(this.library)));
		// What CertificateAuthority makes: a key of an elliptic curve
		PrivateKey key = KeyFactory.getInstance("EC")
			.generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(this.libraryKey)));
		return SslContextBuilder.forServer(key, (X509Certificate) certificate).sslProvider(SslProvider.JDK).build();
	}

	private static String base64(byte[] der) {
		return Base64.getEncoder().encodeToString(der);
	}

	@Override
	public String toString() {
		return "TourCertificates[***]";
	}

}
