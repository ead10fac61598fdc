package io.securestreams.system.policyfetch.signature;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who may sign policies: those whose certificates are trusted, and whom they have issued
 * one that is fit for signing, which a server's certificate is not.
 */
final class SignerTrust {

	private static final int DIGITAL_SIGNATURE = 0;

	/** Code signing, S/MIME, anything. */
	private static final Set<String> SIGNING = Set.of("1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0");

	private final List<X509Certificate> anchors;

	SignerTrust(Collection<X509Certificate> anchors) {
		this.anchors = List.copyOf(anchors);
	}

	/** Those that are trusted themselves. */
	List<X509Certificate> anchors() {
		return this.anchors;
	}

	/**
	 * Makes sure that somebody may sign.
	 * @param signer the certificate
	 * @param sent certificates that came with the signature
	 */
	void require(X509Certificate signer, Collection<X509Certificate> sent) throws GeneralSecurityException {
		signer.checkValidity();
		if (!this.anchors.contains(signer)) {
			requireSigner(signer);
			requireIssuer(signer, sent);
		}
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

	private void requireIssuer(X509Certificate certificate, Collection<X509Certificate> sent)
			throws GeneralSecurityException {
		Set<TrustAnchor> trust = new HashSet<>();
		this.anchors.forEach((anchor) -> trust.add(new TrustAnchor(anchor, null)));
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
