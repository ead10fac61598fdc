package io.securestreams.spring.boot.autoconfigure;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;

import io.securestreams.stream.SecureStreamsException;
import io.securestreams.system.policyfetch.signature.DetachedPolicySignature;
import io.securestreams.system.policyfetch.signature.PolicySignature;

/**
 * Signatures by whom the trust store of an SSL bundle has. Follows a bundle that is
 * reloaded.
 */
final class BundlePolicySignature {

	private static final String PROPERTY = "secure-streams.policy.fetch.signature.ssl-bundle";

	private BundlePolicySignature() {
	}

	static PolicySignature of(SslBundles bundles, String name) {
		try {
			// Tells the bundle that it is followed; without, an update logs a warning
			bundles.addBundleUpdateHandler(name, (bundle) -> {
			});
			certificates(bundles, name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new UnknownSslBundleException(PROPERTY, name, bundles.getBundleNames(), ex);
		}
		return new DetachedPolicySignature(() -> certificates(bundles, name));
	}

	private static List<X509Certificate> certificates(SslBundles bundles, String name) {
		KeyStore store = bundles.getBundle(name).getStores().getTrustStore();
		if (store == null) {
			throw new SecureStreamsException(PROPERTY + ": SSL bundle \"" + name
					+ "\" has no trust store (expected: the certificates of those who sign policies)");
		}
		try {
			List<X509Certificate> certificates = new ArrayList<>();
			for (String alias : Collections.list(store.aliases())) {
				if (store.getCertificate(alias) instanceof X509Certificate certificate) {
					certificates.add(certificate);
				}
			}
			return certificates;
		}
		catch (KeyStoreException ex) {
			throw new SecureStreamsException(PROPERTY + ": " + ex.getMessage(), ex);
		}
	}

}
