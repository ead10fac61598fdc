package io.securestreams.demo.tour;

import java.util.Base64;

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

	private static String base64(byte[] der) {
		return Base64.getEncoder().encodeToString(der);
	}

	@Override
	public String toString() {
		return "TourCertificates[***]";
	}

}
