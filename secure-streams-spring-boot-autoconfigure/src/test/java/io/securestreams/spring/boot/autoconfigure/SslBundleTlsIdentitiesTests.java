package io.securestreams.spring.boot.autoconfigure;

import java.util.Map;

import io.securestreams.stream.platform.ServerIdentity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SslBundleTlsIdentities}.
 */
class SslBundleTlsIdentitiesTests {

	private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

	@Test
	void nothingByDefault() {
		SslBundleTlsIdentities identities = identities(Map.of());
		assertThat(identities.clientIdentity(0)).isNull();
		assertThat(identities.platformTrust()).isNull();
	}

	@Test
	void eachIndexHasItsBundle() {
		this.bundles.registerBundle("a", bundle());
		this.bundles.registerBundle("b", bundle());
		SslBundleTlsIdentities identities = identities(Map.of("secure-streams.client-certs[0].ssl-bundle", "a",
				"secure-streams.client-certs[2].ssl-bundle", "b", "secure-streams.ssl-bundle", "b"));
		assertThat(identities.clientIdentity(0)).isNotNull().isNotSameAs(identities.clientIdentity(2));
		assertThat(identities.clientIdentity(1)).isNull();
		assertThat(identities.platformTrust()).isNotNull();
	}

	@Test
	void factoriesStayTheSameUntilTheBundleIsReloaded() {
		this.bundles.registerBundle("a", bundle());
		SslBundleTlsIdentities identities = identities(
				Map.of("secure-streams.client-certs[0].ssl-bundle", "a", "secure-streams.ssl-bundle", "a"));
		@Nullable Object keys = identities.clientIdentity(0);
		@Nullable Object trust = identities.platformTrust();
		assertThat(identities.clientIdentity(0)).isSameAs(keys);
		assertThat(identities.platformTrust()).isSameAs(trust);
		this.bundles.updateBundle("a", bundle());
		assertThat(identities.clientIdentity(0)).isNotNull().isNotSameAs(keys);
		assertThat(identities.platformTrust()).isNotNull().isNotSameAs(trust);
	}

	@Test
	void vhostsHaveTheirBundles() {
		this.bundles.registerBundle("a", bundle());
		SslBundleTlsIdentities identities = identities(
				Map.of("secure-streams.vhosts.web.ssl-bundle", "a", "secure-streams.vhosts.plain.port", "80"));
		ServerIdentity before = identities.serverIdentity("web");
		assertThat(before).isNotNull().isSameAs(identities.serverIdentity("web"));
		assertThat(before.trust()).as("issuers of clients, without a trust store").isNull();
		assertThat(identities.serverIdentity("plain")).isNull();
		this.bundles.updateBundle("a", bundle());
		assertThat(identities.serverIdentity("web")).isNotSameAs(before);
		assertThatExceptionOfType(UnknownSslBundleException.class)
			.isThrownBy(() -> identities(Map.of("secure-streams.vhosts.web.ssl-bundle", "b")))
			.withMessageStartingWith("secure-streams.vhosts.web.ssl-bundle: ");
	}

	@Test
	void anUnknownBundleNamesItsProperty() {
		this.bundles.registerBundle("a", bundle());
		assertThatExceptionOfType(UnknownSslBundleException.class)
			.isThrownBy(() -> identities(Map.of("secure-streams.client-certs[3].ssl-bundle", "b")))
			.withMessage("secure-streams.client-certs[3].ssl-bundle: there is no SSL bundle \"b\" (known: a)");
		assertThatExceptionOfType(UnknownSslBundleException.class)
			.isThrownBy(() -> identities(Map.of("secure-streams.ssl-bundle", "c")))
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("secure-streams.ssl-bundle"))
			.satisfies((ex) -> assertThat(ex.bundle()).isEqualTo("c"))
			.satisfies((ex) -> assertThat(ex.known()).containsExactly("a"));
	}

	private SslBundleTlsIdentities identities(Map<String, String> properties) {
		return new SslBundleTlsIdentities(this.bundles, new Binder(new MapConfigurationPropertySource(properties))
			.bindOrCreate("secure-streams", SecureStreamsProperties.class));
	}

	private static SslBundle bundle() {
		return SslBundle.of(SslStoreBundle.NONE);
	}

}
