package io.securestreams.spring.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Keys and trust from SSL bundles. Follows bundles that are reloaded: new connections use
 * what is there now.
 */
final class SslBundleTlsIdentities implements TlsIdentities {

	private final Map<Integer, Source> clientCerts = new HashMap<>();

	private final Map<String, Source> vhosts = new HashMap<>();

	private final @Nullable Source trust;

	SslBundleTlsIdentities(SslBundles bundles, SecureStreamsProperties properties, @Nullable String proxyBundle) {
		this(bundles, properties);
		if (proxyBundle != null) {
			this.vhosts.put(ProxyServerProperties.IDENTITY,
					new Source(bundles, "secure-streams.proxy.server.ssl-bundle", proxyBundle));
		}
	}

	SslBundleTlsIdentities(SslBundles bundles, SecureStreamsProperties properties) {
		properties.clientCerts()
			.forEach((index, clientCert) -> this.clientCerts.put(index, new Source(bundles,
					"secure-streams.client-certs[" + index + "].ssl-bundle", clientCert.sslBundle())));
		properties.vhosts().forEach((name, vhost) -> {
			if (vhost.sslBundle() != null) {
				this.vhosts.put(name,
						new Source(bundles, "secure-streams.vhosts." + name + ".ssl-bundle", vhost.sslBundle()));
			}
		});
		String bundle = properties.sslBundle();
		this.trust = (bundle != null) ? new Source(bundles, "secure-streams.ssl-bundle", bundle) : null;
	}

	/**
	 * Makes the identities of one bundle: whom clients trust, and with what they present
	 * themselves, as identity 0, if the bundle has a key.
	 * @param bundles where the bundle is
	 * @param property the property that names it
	 * @param name its name
	 */
	SslBundleTlsIdentities(SslBundles bundles, String property, String name) {
		Source source = new Source(bundles, property, name);
		if (bundles.getBundle(name).getStores().getKeyStore() != null) {
			this.clientCerts.put(0, source);
		}
		this.trust = source;
	}

	@Override
	public @Nullable KeyManagerFactory clientIdentity(int index) {
		Source source = this.clientCerts.get(index);
		return (source != null) ? source.managers().keys() : null;
	}

	@Override
	public @Nullable TrustManagerFactory platformTrust() {
		return (this.trust != null) ? this.trust.managers().trust() : null;
	}

	@Override
	public @Nullable ServerIdentity serverIdentity(String name) {
		Source source = this.vhosts.get(name);
		return (source != null) ? source.managers().server() : null;
	}

	/**
	 * One bundle. A bundle makes new factories whenever it is asked, but users compare
	 * them to see whether something has changed: so one pair for each version is kept.
	 */
	private static final class Source {

		private final SslBundles bundles;

		private final String name;

		private volatile Managers managers;

		Source(SslBundles bundles, String property, String name) {
			this.bundles = bundles;
			this.name = name;
			try {
				this.managers = new Managers(bundles.getBundle(name));
				// Tells the bundle that it is followed; without, an update logs a warning
				bundles.addBundleUpdateHandler(name, (bundle) -> this.managers = new Managers(bundle));
			}
			catch (NoSuchSslBundleException ex) {
				throw new UnknownSslBundleException(property, name, bundles.getBundleNames(), ex);
			}
		}

		Managers managers() {
			SslBundle bundle = this.bundles.getBundle(this.name);
			Managers managers = this.managers;
			if (!managers.bundle().equals(bundle)) {
				managers = new Managers(bundle);
				this.managers = managers;
			}
			return managers;
		}

	}

	private record Managers(SslBundle bundle, KeyManagerFactory keys, TrustManagerFactory trust,
			ServerIdentity server) {

		Managers(SslBundle bundle) {
			this(bundle, bundle.getManagers().getKeyManagerFactory(), bundle.getManagers().getTrustManagerFactory());
		}

		private Managers(SslBundle bundle, KeyManagerFactory keys, TrustManagerFactory trust) {
			// Without a trust store the factory is that of the JDK, whose issuers are to
			// vouch for servers, not for clients
			this(bundle, keys, trust,
					new ServerIdentity(keys, (bundle.getStores().getTrustStore() != null) ? trust : null));
		}

	}

}
