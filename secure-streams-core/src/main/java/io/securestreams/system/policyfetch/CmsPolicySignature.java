package io.securestreams.system.policyfetch;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Detached signatures in the Cryptographic Message Syntax (RFC 5652), as DER or PEM; what
 * {@code openssl cms -sign -binary -outform DER} makes. The signer's certificate has to
 * be one of those that are trusted, or to be issued by one of them and fit for signing: a
 * server's certificate is not. MD5 and SHA-1 are refused.
 */
public final class CmsPolicySignature implements PolicySignature {

	private static final int DIGITAL_SIGNATURE = 0;

	/** Code signing, S/MIME, anything. */
	private static final Set<String> SIGNING = Set.of("1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0");

	private static final Set<String> WEAK = Set.of(PKCSObjectIdentifiers.md5.getId(),
			OIWObjectIdentifiers.idSHA1.getId());

	private final Supplier<? extends Collection<X509Certificate>> trusted;

	/**
	 * Makes a verifier.
	 * @param trusted gives the certificates of signers, or of those who issue them; asked
	 * each time
	 */
	public CmsPolicySignature(Supplier<? extends Collection<X509Certificate>> trusted) {
		this.trusted = trusted;
	}

	@Override
	public void verify(byte[] document, byte[] signature) throws GeneralSecurityException {
		CMSSignedData signed;
		List<X509Certificate> sent = new ArrayList<>();
		try {
			signed = new CMSSignedData(new CMSProcessableByteArray(document), der(signature));
			for (X509CertificateHolder holder : signed.getCertificates().getMatches(null)) {
				sent.add(new JcaX509CertificateConverter().getCertificate(holder));
			}
		}
		catch (CMSException | RuntimeException ex) {
			throw new SignatureException("not a CMS signature: " + ex.getMessage(), ex);
		}
		Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
		if (signers.isEmpty()) {
			throw new SignatureException("nobody has signed");
		}
		Collection<X509Certificate> anchors = List.copyOf(this.trusted.get());
		for (SignerInformation signer : signers) {
			verify(signer, sent, anchors);
		}
	}

	private static byte[] der(byte[] signature) throws SignatureException {
		String text = new String(signature, StandardCharsets.ISO_8859_1).strip();
		if (!text.startsWith("-----BEGIN ")) {
			return signature;
		}
		int start = text.indexOf('\n');
		int end = text.indexOf("-----END ");
		if (start < 0 || end < start) {
			throw new SignatureException("not a CMS signature: the PEM is cut off");
		}
		return Base64.getMimeDecoder().decode(text.substring(start, end));
	}

	private static void verify(SignerInformation signer, List<X509Certificate> sent,
			Collection<X509Certificate> anchors) throws GeneralSecurityException {
		if (WEAK.contains(signer.getDigestAlgOID())) {
			throw new SignatureException("the digest is MD5 or SHA-1 (expected: SHA-256 or better)");
		}
		List<X509Certificate> all = new ArrayList<>(anchors);
		all.addAll(sent);
		X509Certificate certificate = find(signer, all);
		certificate.checkValidity();
		if (!anchors.contains(certificate)) {
			requireSigner(certificate);
			requireTrust(certificate, sent, anchors);
		}
		try {
			if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate.getPublicKey()))) {
				throw new SignatureException("it is not the signature of this document");
			}
		}
		catch (CMSException | OperatorCreationException ex) {
			throw new SignatureException("it is not the signature of this document: " + ex.getMessage(), ex);
		}
	}

	private static X509Certificate find(SignerInformation signer, List<X509Certificate> all)
			throws GeneralSecurityException {
		for (X509Certificate certificate : all) {
			if (signer.getSID().match(new JcaX509CertificateHolder(certificate))) {
				return certificate;
			}
		}
		throw new CertificateException("the signer's certificate is not known");
	}

	private static void requireSigner(X509Certificate certificate) throws CertificateException {
		boolean[] usage = certificate.getKeyUsage();
		List<String> purposes = certificate.getExtendedKeyUsage();
		boolean signs = (usage == null || usage[DIGITAL_SIGNATURE])
				&& (purposes == null || purposes.stream().anyMatch(SIGNING::contains));
		if (!signs) {
			throw new CertificateException("the signer's certificate is not one for signing");
		}
	}

	private static void requireTrust(X509Certificate certificate, List<X509Certificate> sent,
			Collection<X509Certificate> anchors) throws GeneralSecurityException {
		Set<TrustAnchor> trust = new HashSet<>();
		anchors.forEach((anchor) -> trust.add(new TrustAnchor(anchor, null)));
		if (trust.isEmpty()) {
			throw new CertificateException("there is nobody to trust");
		}
		X509CertSelector target = new X509CertSelector();
		target.setCertificate(certificate);
		PKIXBuilderParameters parameters = new PKIXBuilderParameters(trust, target);
		parameters.setRevocationEnabled(false);
		parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(sent)));
		CertPathBuilder.getInstance("PKIX").build(parameters);
	}

}
