package io.securestreams.transport.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.TrustStore;

/**
 * Ways from certificates to those who vouch for them.
 */
final class TrustPaths {

	private TrustPaths() {
	}

	/** The certificate and those of the trust store that lead from it upwards. */
	static List<X509Certificate> chain(X509Certificate certificate, @Nullable TrustStore trustStore) {
		List<X509Certificate> chain = new ArrayList<>();
		chain.add(certificate);
		if (trustStore == null) {
			return chain;
		}
		boolean grown = true;
		while (grown) {
			grown = false;
			X509Certificate last = chain.get(chain.size() - 1);
			for (X509Certificate candidate : trustStore.certificates()) {
				if (!chain.contains(candidate) && PeerTrustManager.hasIssued(candidate, last)) {
					chain.add(candidate);
					grown = true;
					break;
				}
			}
		}
		return chain;
	}

	/** What verifies peers: with the trust store, else with the platform's trust. */
	static TrustManager manager(@Nullable TrustStore trustStore, @Nullable TrustManagerFactory platform,
			boolean legacyPeers) throws GeneralSecurityException, IOException {
		TrustManagerFactory factory = platform;
		if (factory == null) {
			factory = TrustManagerFactory.getInstance("PKIX");
			factory.init((trustStore != null) ? keyStore(trustStore) : null);
		}
		for (TrustManager manager : factory.getTrustManagers()) {
			if (manager instanceof X509ExtendedTrustManager extended) {
				return new PeerTrustManager(extended, (trustStore != null) ? trustStore.name() : null, legacyPeers);
			}
		}
		TrustManager[] managers = factory.getTrustManagers();
		for (TrustManager manager : managers) {
			if (manager instanceof X509TrustManager plain) {
				return new PlainTrustManager(plain, legacyPeers);
			}
		}
		if (managers.length == 0) {
			throw new GeneralSecurityException("the platform's trust has no trust manager");
		}
		return managers[0];
	}

	private static KeyStore keyStore(TrustStore trustStore) throws GeneralSecurityException, IOException {
		KeyStore keyStore = KeyStore.getInstance(KeyStore.getDefaultType());
		keyStore.load(null, null);
		int index = 0;
		for (X509Certificate certificate : trustStore.certificates()) {
			keyStore.setCertificateEntry("anchor-" + index++, certificate);
		}
		return keyStore;
	}

}
