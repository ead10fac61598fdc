package io.securestreams.transport.tls;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.TrustStore;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class CertificateRulesTests {

	private static final KeyPair STRONG = keys(2048);

	private static final KeyPair SHORT = keys(1024);

	@Test
	void refusesSignaturesThatCanBeForged() throws Exception {
		X509Certificate root = certificate("CN=root", STRONG, "CN=root", "SHA256withRSA", null);
		X509Certificate leaf = certificate("CN=leaf", STRONG, "CN=root", "SHA1withRSA", "leaf.test");
		refuses(root, leaf, "certificate CN=leaf is signed with SHA1withRSA (expected: SHA-256 or better, RFC 9325)");
	}

	@Test
	void refusesShortKeys() throws Exception {
		X509Certificate root = certificate("CN=root", STRONG, "CN=root", "SHA256withRSA", null);
		X509Certificate leaf = certificate("CN=leaf", SHORT, "CN=root", "SHA256withRSA", "leaf.test");
		refuses(root, leaf, "certificate CN=leaf has a key of 1024 bits (expected: at least 2048 for RSA, RFC 9325)");
	}

	@Test
	void refusesShortKeysOfIssuersAsWell() throws Exception {
		X509Certificate root = certificate("CN=root", SHORT, "CN=root", "SHA256withRSA", null);
		X509Certificate leaf = sign("CN=leaf", STRONG, "CN=root", SHORT, "SHA256withRSA", "leaf.test");
		X509ExtendedTrustManager trust = trust(root, false);
		assertThatExceptionOfType(CertificateException.class)
			.isThrownBy(() -> trust.checkServerTrusted(new X509Certificate[] { leaf }, "RSA"))
			.withMessageContaining("certificate CN=root has a key of 1024 bits");
	}

	@Test
	void takesAnAnchorAsItIs() throws Exception {
		X509Certificate self = certificate("CN=self", STRONG, "CN=self", "SHA1withRSA", "self.test");
		X509ExtendedTrustManager trust = trust(self, false);
		assertThatCode(() -> trust.checkServerTrusted(new X509Certificate[] { self }, "RSA"))
			.doesNotThrowAnyException();
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void doesNotTakeACommonNameForAHostName(String transport) throws Exception {
		X509Certificate nameless = certificate("CN=localhost", STRONG, "CN=localhost", "SHA256withRSA", null);
		X509Bundle identity = X509Bundle.fromCertificatePath(new X509Certificate[] { nameless }, nameless, STRONG);
		TestRuntime test = TestRuntime.create(transport);
		try (JdkPeer peer = JdkPeer.tls(identity, JdkPeer::echo)) {
			StreamFailure failure = ConnectResult
				.of(test.runtime(),
						new Origin(new Address.Host("localhost", peer.port()), true, TestPolicies.trusting(nameless),
								TrafficClass.NORMAL, null, List.of()))
				.failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message())
				.startsWith("No subject alternative DNS name: certificate CN=localhost cannot be one for localhost"
						+ " (RFC 9525)");
		}
		finally {
			test.close();
		}
	}

	/** A trust manager of the application, with its own idea of whom to trust. */
	private static X509TrustManager plain(X509Certificate accepted, boolean legacyPeers) throws Exception {
		X509TrustManager own = new X509TrustManager() {

			@Override
			public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
				checkServerTrusted(chain, authType);
			}

			@Override
			public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
				if (!chain[0].equals(accepted)) {
					throw new CertificateException("nobody I know");
				}
			}

			@Override
			public X509Certificate[] getAcceptedIssuers() {
				return new X509Certificate[0];
			}

		};
		TrustManagerFactorySpi factory = new TrustManagerFactorySpi() {

			@Override
			protected void engineInit(@Nullable KeyStore ks) {
			}

			@Override
			protected void engineInit(ManagerFactoryParameters parameters) {
			}

			@Override
			protected TrustManager[] engineGetTrustManagers() {
				return new TrustManager[] { own };
			}

		};
		return (X509TrustManager) TrustPaths.manager(null, new TrustManagerFactory(factory, null, "own") {
		}, legacyPeers);
	}

	@Test
	void trustManagersOfTheApplicationAreHeldToTheRules() throws Exception {
		X509Certificate root = certificate("CN=root", STRONG, "CN=root", "SHA256withRSA", null);
		X509Certificate forgeable = certificate("CN=leaf", STRONG, "CN=root", "SHA1withRSA", "leaf.test");
		X509Certificate weak = certificate("CN=leaf", SHORT, "CN=root", "SHA256withRSA", "leaf.test");
		X509Certificate nameless = certificate("CN=leaf", STRONG, "CN=root", "SHA256withRSA", null);
		X509Certificate good = certificate("CN=leaf", STRONG, "CN=root", "SHA256withRSA", "leaf.test");
		assertRefused(forgeable, "is signed with SHA1withRSA");
		assertRefused(weak, "has a key of 1024 bits");
		assertRefused(nameless, "No subject alternative name: certificate CN=leaf is for no host");
		X509Certificate[] chain = { good, root };
		plain(good, false).checkServerTrusted(chain, "RSA");
		plain(good, false).checkClientTrusted(chain, "RSA");
		plain(weak, true).checkServerTrusted(new X509Certificate[] { weak, root }, "RSA");
		assertThatExceptionOfType(CertificateException.class)
			.isThrownBy(() -> plain(root, false).checkServerTrusted(chain, "RSA"))
			.withMessage("nobody I know");
		assertThat(plain(good, false)).as("the JDK adds the host name to those only")
			.isNotInstanceOf(X509ExtendedTrustManager.class);
	}

	private static void assertRefused(X509Certificate leaf, String reason) throws Exception {
		X509TrustManager trust = plain(leaf, false);
		assertThatExceptionOfType(CertificateException.class)
			.isThrownBy(() -> trust.checkServerTrusted(new X509Certificate[] { leaf }, "RSA"))
			.withMessageContaining(reason);
	}

	@Test
	void namesOfCertificatesForgeNoLines() throws Exception {
		X509Certificate leaf = certificate("CN=leaf\n12:00 INFO all is well\u001b[2J", SHORT, "CN=root",
				"SHA256withRSA", "leaf.test");
		assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> CertificateRules.requireStrongKey(leaf))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains("all is well").doesNotContain("\n", "\u001b"));
	}

	private static void refuses(X509Certificate root, X509Certificate leaf, String message) throws Exception {
		X509Certificate[] chain = { leaf, root };
		X509ExtendedTrustManager strict = trust(root, false);
		assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> strict.checkServerTrusted(chain, "RSA"))
			.withMessage(message);
		assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> strict.checkClientTrusted(chain, "RSA"))
			.withMessage(message);
		X509ExtendedTrustManager lenient = trust(root, true);
		assertThatCode(() -> lenient.checkServerTrusted(chain, "RSA")).doesNotThrowAnyException();
	}

	private static X509ExtendedTrustManager trust(X509Certificate anchor, boolean legacyPeers) throws Exception {
		return (X509ExtendedTrustManager) TrustPaths.manager(new TrustStore("test", List.of(anchor)), null,
				legacyPeers);
	}

	private static X509Certificate certificate(String subject, KeyPair keys, String issuer, String algorithm,
			@Nullable String name) throws Exception {
		return sign(subject, keys, issuer, subject.equals(issuer) ? keys : STRONG, algorithm, name);
	}

	private static X509Certificate sign(String subject, KeyPair keys, String issuer, KeyPair issuerKeys,
			String algorithm, @Nullable String name) throws Exception {
		Instant now = Instant.now();
		X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new X500Name(issuer), BigInteger.TWO,
				Date.from(now.minus(Duration.ofDays(1))), Date.from(now.plus(Duration.ofDays(1))),
				new X500Name(subject), keys.getPublic());
		builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(subject.equals(issuer)));
		if (name != null) {
			builder.addExtension(Extension.subjectAlternativeName, false,
					new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
		}
		return new JcaX509CertificateConverter()
			.getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKeys.getPrivate())));
	}

	private static KeyPair keys(int bits) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(bits);
			return generator.generateKeyPair();
		}
		catch (java.security.NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
