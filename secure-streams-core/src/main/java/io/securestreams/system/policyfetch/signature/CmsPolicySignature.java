package io.securestreams.system.policyfetch.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
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
		SignerTrust trust = new SignerTrust(this.trusted.get());
		for (SignerInformation signer : signers) {
			verify(signer, sent, trust);
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

	private static void verify(SignerInformation signer, List<X509Certificate> sent, SignerTrust trust)
			throws GeneralSecurityException {
		if (WEAK.contains(signer.getDigestAlgOID())) {
			throw new SignatureException("the digest is MD5 or SHA-1 (expected: SHA-256 or better)");
		}
		List<X509Certificate> all = new ArrayList<>(trust.anchors());
		all.addAll(sent);
		X509Certificate certificate = find(signer, all);
		trust.require(certificate, sent);
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

}
