package io.securestreams.system.policyfetch;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.system.policyfetch.RefreshOutcome.Result;
import io.securestreams.system.policyfetch.signature.CmsPolicySignature;
import io.securestreams.system.policyfetch.signature.PolicySignature;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where a policy has to be signed, nothing else is put into force.
 */
@Timeout(60)
class PolicySignatureTests {

	private static final byte[] DOCUMENT = "{\"s\": []}".getBytes(StandardCharsets.UTF_8);

	private static final X509Bundle CA = authority("CN=ca");

	private static final X509Bundle SIGNER = issued(CA, ExtendedKeyUsage.PKIX_KP_CODE_SIGNING,
			Instant.now().plusSeconds(86_400));

	private static final PolicySignature TRUSTED = new CmsPolicySignature(() -> List.of(CA.getCertificate()));

	private static X509Bundle authority(String name) {
		try {
			return new CertificateBuilder().subject(name)
				.algorithm(Algorithm.ecp256)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static X509Bundle issued(X509Bundle by, @Nullable ExtendedKeyUsage purpose, Instant until) {
		try {
			CertificateBuilder builder = new CertificateBuilder().subject("CN=signer").algorithm(Algorithm.ecp256);
			if (purpose != null) {
				builder.addExtendedKeyUsage(purpose);
			}
			return builder.notBefore(Instant.now().minus(Duration.ofDays(10))).notAfter(until).buildIssuedBy(by);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] sign(byte[] document, X509Bundle signer, String algorithm) {
		try {
			CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
			X509Certificate certificate = signer.getCertificate();
			generator.addSignerInfoGenerator(
					new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build()).build(
							new JcaContentSignerBuilder(algorithm).build(signer.getKeyPair().getPrivate()),
							certificate));
			generator.addCertificates(new JcaCertStore(List.of(certificate)));
			return generator.generate(new CMSProcessableByteArray(document), false).getEncoded();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] sign(byte[] document, X509Bundle signer) {
		return sign(document, signer, "SHA256withECDSA");
	}

	private static void refuses(PolicySignature verifier, byte[] document, byte[] signature) {
		assertThatExceptionOfType(GeneralSecurityException.class)
			.isThrownBy(() -> verifier.verify(document, signature));
	}

	@Test
	void acceptsWhoIsIssuedByTheTrusted() {
		assertThatCode(() -> TRUSTED.verify(DOCUMENT, sign(DOCUMENT, SIGNER))).doesNotThrowAnyException();
	}

	@Test
	void acceptsWhoIsTrustedInPerson() {
		PolicySignature pinned = new CmsPolicySignature(() -> List.of(SIGNER.getCertificate()));
		assertThatCode(() -> pinned.verify(DOCUMENT, sign(DOCUMENT, SIGNER))).doesNotThrowAnyException();
		refuses(pinned, DOCUMENT,
				sign(DOCUMENT, issued(CA, ExtendedKeyUsage.PKIX_KP_CODE_SIGNING, Instant.now().plusSeconds(3600))));
	}

	@Test
	void acceptsPem() {
		String pem = "-----BEGIN CMS-----\n" + Base64.getMimeEncoder().encodeToString(sign(DOCUMENT, SIGNER))
				+ "\n-----END CMS-----\n";
		assertThatCode(() -> TRUSTED.verify(DOCUMENT, pem.getBytes(StandardCharsets.US_ASCII)))
			.doesNotThrowAnyException();
	}

	@Test
	void refusesAnotherDocument() {
		refuses(TRUSTED, "{\"s\": [ ]}".getBytes(StandardCharsets.UTF_8), sign(DOCUMENT, SIGNER));
	}

	@Test
	void refusesStrangers() {
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, authority("CN=ca")));
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, issued(authority("CN=ca"), null, Instant.now().plusSeconds(3600))));
		refuses(new CmsPolicySignature(List::of), DOCUMENT, sign(DOCUMENT, SIGNER));
	}

	@Test
	void refusesCertificatesOfServersAndExpiredOnes() {
		refuses(TRUSTED, DOCUMENT,
				sign(DOCUMENT, issued(CA, ExtendedKeyUsage.PKIX_KP_SERVER_AUTH, Instant.now().plusSeconds(3600))));
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, issued(CA, null, Instant.now().minusSeconds(3600))));
	}

	@Test
	void refusesWeakDigests() {
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, SIGNER, "SHA1withECDSA"));
	}

	@Test
	void refusesRubbish() {
		byte[] good = sign(DOCUMENT, SIGNER);
		for (int length = 0; length < good.length; length += 7) {
			refuses(TRUSTED, DOCUMENT, Arrays.copyOf(good, length));
		}
		refuses(TRUSTED, DOCUMENT, "-----BEGIN CMS-----".getBytes(StandardCharsets.US_ASCII));
		refuses(TRUSTED, DOCUMENT, "<html>".getBytes(StandardCharsets.US_ASCII));
	}

	@Test
	void everyPolicyHasToBeSigned() {
		try (PolicyServer server = new PolicyServer()) {
			try (RefreshFixture fixture = new RefreshFixture(document(server.port(), source(server.port())),
					settings(Duration.ZERO))) {
				String two = document("\"release\": \"2\",", server.port(), client("new", 2, ""));
				server.serve(two);
				assertThat(fixture.start().result()).isEqualTo(Result.FAILED);
				server.answer("/policy.p7s", (exchange) -> PolicyServer.send(exchange, 200, sign(DOCUMENT, SIGNER)));
				RefreshOutcome refused = fixture.refresh();
				assertThat(refused.result()).isEqualTo(Result.REFUSED);
				assertThat(refused.message()).contains("signature");
				assertThat(fixture.changes).isEmpty();
				signed(server, two);
				assertThat(fixture.refresh().result()).isEqualTo(Result.CHANGED);
				signed(server, two.replace("\"2\"", "\"1\""));
				RefreshOutcome older = fixture.refresh();
				assertThat(older.result()).isEqualTo(Result.REFUSED);
				assertThat(older.message()).contains("release");
			}
		}
	}

	@Test
	void anOlderReleaseThanThatOfTheInstallationIsRefused() {
		try (PolicyServer server = new PolicyServer();
				RefreshFixture fixture = new RefreshFixture(
						document("\"release\": \"5\",", server.port(), source(server.port())),
						settings(Duration.ZERO))) {
			signed(server, document("\"release\": \"4.9\",", server.port(), client("new", 2, "")));
			RefreshOutcome older = fixture.start();
			assertThat(older.result()).isEqualTo(Result.REFUSED);
			assertThat(older.message()).contains("release");
			assertThat(fixture.changes).isEmpty();
			signed(server, document("\"release\": \"5\",", server.port(), client("new", 2, "")));
			assertThat(fixture.refresh().result()).isEqualTo(Result.CHANGED);
		}
	}

	@Test
	void whatWasKeptIsNotUsedIfTheInstallationIsNewer(@TempDir Path directory) {
		FetchSettings settings = new FetchSettings(true, Duration.ofHours(1), Duration.ofSeconds(10), 100_000,
				Duration.ZERO, directory.resolve("policy.json"), FetchPermissions.NONE, TRUSTED);
		try (PolicyServer server = new PolicyServer()) {
			signed(server, document("\"release\": \"5\",", server.port(), client("new", 2, "")));
			String local = document("\"release\": \"4\",", server.port(), source(server.port()));
			try (RefreshFixture fixture = new RefreshFixture(local, settings)) {
				assertThat(fixture.start().result()).isEqualTo(Result.CHANGED);
			}
			server.fail(503);
			try (RefreshFixture fixture = new RefreshFixture(local, settings)) {
				fixture.start();
				assertThat(fixture.streams.policy().release()).isEqualTo("5");
			}
			try (RefreshFixture fixture = new RefreshFixture(local.replace("\"4\"", "\"6\""), settings)) {
				fixture.start();
				assertThat(fixture.streams.policy().release()).isEqualTo("6");
			}
		}
	}

	@Test
	void whomToTrustMayBeUnknownForAWhile() {
		FetchSettings settings = new FetchSettings(true, Duration.ofHours(1), Duration.ofSeconds(10), 100_000,
				Duration.ZERO, null, FetchPermissions.NONE, (document, signature) -> {
					throw new IllegalStateException("the bundle is broken");
				});
		try (PolicyServer server = new PolicyServer();
				RefreshFixture fixture = new RefreshFixture(document(server.port(), source(server.port())), settings)) {
			signed(server, document("", server.port(), client("new", 2, "")));
			RefreshOutcome refused = fixture.start();
			assertThat(refused.result()).isEqualTo(Result.REFUSED);
			assertThat(refused.message()).contains("cannot be checked", "the bundle is broken");
		}
	}

	private static String source(int port) {
		return "{\"fetch_policy_signature\": {\"endpoint\": \"127.0.0.1\", \"port\": " + port
				+ ", \"protocol\": \"h1\", \"http_url\": \"policy.p7s\"}}";
	}

	private static FetchSettings settings(Duration trial) {
		return new FetchSettings(true, Duration.ofHours(1), Duration.ofSeconds(10), 100_000, trial, null,
				FetchPermissions.NONE, TRUSTED);
	}

	@Test
	void aPolicyThatCutsOffItsSignatureIsTakenBack() {
		try (PolicyServer server = new PolicyServer();
				RefreshFixture fixture = new RefreshFixture(
						document("\"release\": \"1\",", server.port(), source(server.port())),
						settings(Duration.ofMinutes(1)))) {
			signed(server, document("\"release\": \"2\",", server.port(), source(1)));
			assertThat(fixture.start().result()).isEqualTo(Result.CHANGED);
			for (int i = 0; i < 3; i++) {
				fixture.until(() -> fixture.streams.streams().isEmpty());
				fixture.clock.advance(10_000);
			}
			fixture.until(() -> fixture.streams.policy().release().equals("1"));
			assertThat(fixture.refresher.status().lastFetch().message()).contains("signature");
			signed(server, document("\"release\": \"3\",", server.port(), source(server.port())));
			assertThat(fixture.refresh().result()).isEqualTo(Result.CHANGED);
		}
	}

	@Test
	void theDocumentAndItsSignatureHaveOneTimeLimit() throws Exception {
		try (PolicyServer server = new PolicyServer();
				ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
				RefreshFixture fixture = new RefreshFixture(document(server.port(), source(silent.getLocalPort())),
						settings(Duration.ZERO))) {
			CountDownLatch hold = new CountDownLatch(1);
			server.answer("/policy.json", (exchange) -> {
				try {
					hold.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				PolicyServer.send(exchange, 200, DOCUMENT);
			});
			CompletableFuture<RefreshOutcome> started = fixture.refresher.start().toCompletableFuture();
			fixture.until(() -> !server.requests.isEmpty());
			fixture.clock.advance(7_000);
			hold.countDown();
			fixture.until(() -> fixture.clock.nextDelay() == 3_000 && isFetching(fixture, "fetch_policy_signature"));
			fixture.clock.advance(3_000);
			assertThat(fixture.await(started).message()).contains("its signature: not received within 3000 ms");
		}
	}

	private static boolean isFetching(RefreshFixture fixture, String streamType) {
		return fixture.streams.streams().stream().anyMatch((stream) -> stream.streamType().equals(streamType));
	}

	private static void signed(PolicyServer server, String document) {
		server.serve(document);
		byte[] signature = sign(document.getBytes(StandardCharsets.UTF_8), SIGNER);
		server.answer("/policy.p7s", (exchange) -> PolicyServer.send(exchange, 200, signature));
	}

}
