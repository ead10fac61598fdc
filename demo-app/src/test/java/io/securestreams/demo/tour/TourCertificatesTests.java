package io.securestreams.demo.tour;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TourCertificatesTests {

	private final TourCertificates certificates = TourCertificates.generate();

	@Test
	void authorityVouchesForTheLibrary() throws Exception {
		X509Certificate authority = parse(this.certificates.authority());
		X509Certificate library = parse(this.certificates.library());
		library.verify(authority.getPublicKey());
		library.checkValidity();
		assertThat(authority.getBasicConstraints()).isNotNegative();
		assertThat(library.getBasicConstraints()).isNegative();
		assertThat(library.getSubjectAlternativeNames()).singleElement().asString().contains("localhost");
	}

	@Test
	void keepsTheKeyToItself() {
		assertThat(this.certificates).asString().doesNotContain(this.certificates.libraryKey());
	}

	private static X509Certificate parse(String base64) throws Exception {
		return (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
	}

}
