package io.securestreams.transport.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

import javax.net.ssl.X509TrustManager;

/**
 * Adds {@link CertificateRules} to a trust manager of the application that is not told
 * whom it talks to. It is no {@code X509ExtendedTrustManager} itself: to such plain ones
 * the JDK adds the check of the host name, which nobody else would make.
 */
final class PlainTrustManager implements X509TrustManager {

	private final X509TrustManager delegate;

	private final boolean legacyPeers;

	/**
	 * Makes a trust manager.
	 * @param delegate decides whom to trust
	 * @param legacyPeers whether to put up with short keys and broken signatures
	 */
	PlainTrustManager(X509TrustManager delegate, boolean legacyPeers) {
		this.delegate = delegate;
		this.legacyPeers = legacyPeers;
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		this.delegate.checkServerTrusted(chain, authType);
		checkStrength(chain);
		CertificateRules.requireAnyName(chain[0]);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		this.delegate.checkClientTrusted(chain, authType);
		checkStrength(chain);
	}

	/** Of the peer's own: what else it sends, the delegate may not have used. */
	private void checkStrength(X509Certificate[] chain) throws CertificateException {
		if (this.legacyPeers || chain.length == 0) {
			return;
		}
		CertificateRules.requireStrongKey(chain[0]);
		if (!Arrays.asList(getAcceptedIssuers()).contains(chain[0])) {
			CertificateRules.requireStrongSignature(chain[0]);
		}
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		X509Certificate[] issuers = this.delegate.getAcceptedIssuers();
		return (issuers != null) ? issuers : new X509Certificate[0];
	}

}
