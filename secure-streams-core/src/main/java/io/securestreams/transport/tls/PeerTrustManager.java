package io.securestreams.transport.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.PrintableText;
import io.securestreams.transport.loop.NumericAddress;

/**
 * Verifies peers with the JDK's trust manager, host name included, and closes what that
 * leaves open: it accepts certificates outside their validity period when they are trust
 * anchors themselves, and what {@link CertificateRules} says. Says in words what is
 * wrong.
 */
final class PeerTrustManager extends X509ExtendedTrustManager {

	private final X509ExtendedTrustManager delegate;

	private final String store;

	/** Whether the anchors are few and chosen, not a platform's. */
	private final boolean pinned;

	private final boolean legacyPeers;

	/**
	 * Makes a trust manager.
	 * @param delegate checks path and host name
	 * @param storeName name of the policy's trust store, or {@code null} for the
	 * platform's
	 * @param legacyPeers whether to put up with short keys and broken signatures
	 */
	PeerTrustManager(X509ExtendedTrustManager delegate, @Nullable String storeName, boolean legacyPeers) {
		this.delegate = delegate;
		this.legacyPeers = legacyPeers;
		this.pinned = storeName != null;
		this.store = this.pinned ? "trust store \"" + storeName + "\"" : "the platform's trust store";
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		check(chain, () -> this.delegate.checkServerTrusted(chain, authType, engine));
		String host = engine.getPeerHost();
		if (host != null && NumericAddress.parse(host) == null
				&& engine.getSSLParameters().getEndpointIdentificationAlgorithm() != null) {
			CertificateRules.requireName(chain[0], host);
		}
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		check(chain, () -> this.delegate.checkServerTrusted(chain, authType, socket));
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		check(chain, () -> this.delegate.checkServerTrusted(chain, authType));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		check(chain, () -> this.delegate.checkClientTrusted(chain, authType, engine));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		check(chain, () -> this.delegate.checkClientTrusted(chain, authType, socket));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		check(chain, () -> this.delegate.checkClientTrusted(chain, authType));
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.delegate.getAcceptedIssuers();
	}

	private void check(X509Certificate[] chain, Check check) throws CertificateException {
		// Public servers are known to add expired roots to their chains, which the path
		// to a platform's anchor does not use
		int presented = this.pinned ? chain.length : Math.min(1, chain.length);
		for (int i = 0; i < presented; i++) {
			checkValidity(chain[i], "certificate");
		}
		try {
			check.run();
		}
		catch (CertificateException ex) {
			throw inWords(chain, ex);
		}
		if (this.pinned) {
			checkAnchors(chain);
		}
		if (!this.legacyPeers) {
			checkStrength(chain, presented);
		}
	}

	/** Nobody looks at the signature of an anchor, which is trusted as it is. */
	private void checkStrength(X509Certificate[] chain, int presented) throws CertificateException {
		List<X509Certificate> anchors = Arrays.asList(getAcceptedIssuers());
		for (int i = 0; i < presented; i++) {
			CertificateRules.requireStrongKey(chain[i]);
			if (!anchors.contains(chain[i])) {
				CertificateRules.requireStrongSignature(chain[i]);
			}
		}
	}

	/** The anchor of the path is valid, too, although servers need not send it. */
	private void checkAnchors(X509Certificate[] chain) throws CertificateException {
		List<X509Certificate> anchors = Arrays.asList(getAcceptedIssuers());
		for (X509Certificate certificate : chain) {
			if (anchors.contains(certificate)) {
				return;
			}
		}
		CertificateException invalid = null;
		for (X509Certificate certificate : chain) {
			for (X509Certificate anchor : anchors) {
				if (hasIssued(anchor, certificate)) {
					try {
						checkValidity(anchor, "trust anchor");
						if (!this.legacyPeers) {
							CertificateRules.requireStrongKey(anchor);
						}
						return;
					}
					catch (CertificateException ex) {
						invalid = ex;
					}
				}
			}
		}
		if (invalid != null) {
			throw invalid;
		}
	}

	static boolean hasIssued(X509Certificate anchor, X509Certificate certificate) {
		if (!anchor.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
			return false;
		}
		try {
			certificate.verify(anchor.getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static void checkValidity(X509Certificate certificate, String what) throws CertificateException {
		try {
			certificate.checkValidity();
		}
		catch (CertificateExpiredException ex) {
			throw new CertificateException(what + " " + CertificateRules.subject(certificate) + " expired on "
					+ certificate.getNotAfter().toInstant(), ex);
		}
		catch (CertificateNotYetValidException ex) {
			throw new CertificateException(what + " " + CertificateRules.subject(certificate) + " is not valid before "
					+ certificate.getNotBefore().toInstant(), ex);
		}
	}

	private CertificateException inWords(X509Certificate[] chain, CertificateException failure) {
		for (Throwable t = failure; t != null; t = t.getCause()) {
			if (t instanceof CertPathBuilderException) {
				X509Certificate last = chain[chain.length - 1];
				String issuer = last.getSubjectX500Principal().equals(last.getIssuerX500Principal())
						? "self-signed " + CertificateRules.subject(last)
						: "issuer " + PrintableText.of(last.getIssuerX500Principal().toString());
				return new CertificateException(
						"unable to find valid certification path: " + issuer + " is not in " + this.store, failure);
			}
		}
		return failure;
	}

	/**
	 * What the delegate checks.
	 */
	private interface Check {

		void run() throws CertificateException;

	}

}
