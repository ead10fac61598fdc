package io.securestreams.system.policyfetch.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a CMS signature lacks is said; each would be an easy way to sign for somebody
 * else.
 */
class CmsPolicySignatureTests {

	private static final byte[] DOCUMENT = "{\"s\": []}".getBytes(StandardCharsets.UTF_8);

	private static final X509Bundle CA = bundle("CN=ca", null, null);

	private static final X509Bundle SIGNER = bundle("CN=signer", CA, ExtendedKeyUsage.PKIX_KP_CODE_SIGNING);

	private static final X509Bundle STRANGER = bundle("CN=stranger", null, null);

	private static final PolicySignature TRUSTED = new CmsPolicySignature(() -> List.of(CA.getCertificate()));

	private static X509Bundle bundle(String name, @Nullable X509Bundle by, @Nullable ExtendedKeyUsage purpose) {
		try {
			CertificateBuilder builder = new CertificateBuilder().subject(name)
				.algorithm(Algorithm.ecp256)
				.setIsCertificateAuthority(by == null);
			if (purpose != null) {
				builder.addExtendedKeyUsage(purpose);
			}
			return (by != null) ? builder.buildIssuedBy(by) : builder.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] sign(byte[] document, String algorithm, boolean certificates, X509Bundle... signers)
			throws Exception {
		CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
		for (X509Bundle signer : signers) {
			generator.addSignerInfoGenerator(
					new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build()).build(
							new JcaContentSignerBuilder(algorithm).build(signer.getKeyPair().getPrivate()),
							signer.getCertificate()));
		}
		if (certificates) {
			List<X509Certificate> all = Arrays.stream(signers).map(X509Bundle::getCertificate).toList();
			generator.addCertificates(new JcaCertStore(all));
		}
		return generator.generate(new CMSProcessableByteArray(document), false).getEncoded();
	}

	private static void refuses(String why, PolicySignature verifier, byte[] signature) {
		assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> verifier.verify(DOCUMENT, signature))
			.withMessageStartingWith(why);
	}

	@Test
	void somebodyHasToHaveSigned() throws Exception {
		refuses("nobody has signed", TRUSTED, sign(DOCUMENT, "SHA256withECDSA", true));
	}

	@Test
	void everybodyWhoHasSignedHasToBeTrusted() throws Exception {
		byte[] both = sign(DOCUMENT, "SHA256withECDSA", true, SIGNER, STRANGER);
		refuses("unable to find valid certification path", TRUSTED, both);
		assertThatCode(() -> new CmsPolicySignature(() -> List.of(CA.getCertificate(), STRANGER.getCertificate()))
			.verify(DOCUMENT, both)).doesNotThrowAnyException();
	}

	@Test
	void theSignersCertificateHasToBeKnown() throws Exception {
		byte[] bare = sign(DOCUMENT, "SHA256withECDSA", false, SIGNER);
		refuses("the signer's certificate is not known", TRUSTED, bare);
		assertThatCode(() -> new CmsPolicySignature(() -> List.of(SIGNER.getCertificate())).verify(DOCUMENT, bare))
			.doesNotThrowAnyException();
	}

	@Test
	void theCertificateHasToBeOneForSigning() throws Exception {
		X509Bundle server = bundle("CN=server", CA, ExtendedKeyUsage.PKIX_KP_SERVER_AUTH);
		refuses("the signer's certificate is not one for signing", TRUSTED,
				sign(DOCUMENT, "SHA256withECDSA", true, server));
	}

	@Test
	void thereHasToBeSomebodyToTrust() throws Exception {
		refuses("there is nobody to trust", new CmsPolicySignature(List::of),
				sign(DOCUMENT, "SHA256withECDSA", true, SIGNER));
	}

	@Test
	void theDigestMustNotBeWeak() throws Exception {
		refuses("the digest is MD5 or SHA-1 (expected: SHA-256 or better)", TRUSTED,
				sign(DOCUMENT, "SHA1withECDSA", true, SIGNER));
	}

	@Test
	void theDocumentHasToBeTheOneThatIsSigned() throws Exception {
		refuses("it is not the signature of this document", TRUSTED,
				sign("{}".getBytes(StandardCharsets.UTF_8), "SHA256withECDSA", true, SIGNER));
	}

	@Test
	void pemHasToBeWhole() {
		refuses("not a CMS signature: the PEM is cut off", TRUSTED,
				"-----BEGIN CMS-----\nMIIB".getBytes(StandardCharsets.US_ASCII));
	}

}
