package io.securestreams.system.policyfetch.signature;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Detached JWS of signers who are trusted, and of all others.
 */
class JwsPolicySignatureTests {

	private static final byte[] DOCUMENT = "{\"s\": [], \"ä\": \"$.\"}".getBytes(StandardCharsets.UTF_8);

	private static final X509Bundle CA = authority("CN=ca");

	private static final X509Bundle SIGNER = issued(CA, Algorithm.ecp256, ExtendedKeyUsage.PKIX_KP_CODE_SIGNING,
			Instant.now().plusSeconds(86_400));

	private static final PolicySignature TRUSTED = new DetachedPolicySignature(() -> List.of(CA.getCertificate()));

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

	private static X509Bundle issued(X509Bundle by, Algorithm algorithm, @Nullable ExtendedKeyUsage purpose,
			Instant until) {
		try {
			CertificateBuilder builder = new CertificateBuilder().subject("CN=signer").algorithm(algorithm);
			if (purpose != null) {
				builder.addExtendedKeyUsage(purpose);
			}
			return builder.notBefore(Instant.now().minus(Duration.ofDays(10))).notAfter(until).buildIssuedBy(by);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static X509Bundle issued(Algorithm algorithm) {
		return issued(CA, algorithm, null, Instant.now().plusSeconds(3600));
	}

	private static String base64url(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static byte[] jws(String header, byte[] document, boolean encoded, PrivateKey key, String alg) {
		try {
			String first = base64url(header.getBytes(StandardCharsets.UTF_8));
			Signature signer = Signature.getInstance(switch (alg) {
				case "RS256" -> "SHA256withRSA";
				case "RS1" -> "SHA1withRSA";
				case "PS256" -> "RSASSA-PSS";
				case "ES256" -> "SHA256withECDSAinP1363Format";
				case "ES384" -> "SHA384withECDSAinP1363Format";
				default -> "Ed25519";
			});
			if (alg.equals("PS256")) {
				signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
			}
			signer.initSign(key);
			signer.update((first + ".").getBytes(StandardCharsets.US_ASCII));
			signer.update(encoded ? base64url(document).getBytes(StandardCharsets.US_ASCII) : document);
			return (first + ".." + base64url(signer.sign())).getBytes(StandardCharsets.US_ASCII);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String header(String alg, X509Certificate... chain) {
		return "{\"alg\":\"" + alg + "\",\"kid\":\"k\",\"x5c\":[" + String.join(",",
				Arrays.stream(chain).map((certificate) -> "\"" + base64(certificate) + "\"").toList()) + "]}";
	}

	private static String base64(X509Certificate certificate) {
		try {
			return Base64.getEncoder().encodeToString(certificate.getEncoded());
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] sign(byte[] document, X509Bundle signer) {
		return jws(header("ES256", signer.getCertificate()), document, true, signer.getKeyPair().getPrivate(), "ES256");
	}

	private static void accepts(PolicySignature verifier, byte[] signature) {
		assertThatCode(() -> verifier.verify(DOCUMENT, signature)).doesNotThrowAnyException();
	}

	private static void refuses(PolicySignature verifier, byte[] document, byte[] signature) {
		assertThatExceptionOfType(GeneralSecurityException.class)
			.isThrownBy(() -> verifier.verify(document, signature));
	}

	@ParameterizedTest
	@CsvSource({ "RS256,rsa2048", "PS256,rsa2048", "ES256,ecp256", "EdDSA,ed25519" })
	void acceptsWhoIsIssuedByTheTrusted(String alg, Algorithm algorithm) {
		X509Bundle signer = issued(algorithm);
		PrivateKey key = signer.getKeyPair().getPrivate();
		accepts(TRUSTED, jws(header(alg, signer.getCertificate()), DOCUMENT, true, key, alg));
		String raw = "{\"b64\":false,\"crit\":[\"b64\"]," + header(alg, signer.getCertificate()).substring(1);
		accepts(TRUSTED, jws(raw, DOCUMENT, false, key, alg));
		refuses(TRUSTED, "{}".getBytes(StandardCharsets.UTF_8),
				jws(header(alg, signer.getCertificate()), DOCUMENT, true, key, alg));
		refuses(TRUSTED, DOCUMENT, jws(raw, DOCUMENT, true, key, alg));
	}

	@Test
	void acceptsAChainAndBlanksAroundIt() {
		X509Bundle between = issuer();
		X509Bundle signer = issued(between, Algorithm.ecp256, null, Instant.now().plusSeconds(3600));
		PrivateKey key = signer.getKeyPair().getPrivate();
		byte[] whole = jws(header("ES256", signer.getCertificate(), between.getCertificate()), DOCUMENT, true, key,
				"ES256");
		accepts(TRUSTED,
				("\n" + new String(whole, StandardCharsets.US_ASCII) + "\r\n").getBytes(StandardCharsets.US_ASCII));
		refuses(TRUSTED, DOCUMENT, jws(header("ES256", signer.getCertificate()), DOCUMENT, true, key, "ES256"));
	}

	private static X509Bundle issuer() {
		try {
			return new CertificateBuilder().subject("CN=between")
				.algorithm(Algorithm.ecp256)
				.setIsCertificateAuthority(true)
				.buildIssuedBy(CA);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void acceptsWhoIsTrustedInPerson() {
		PolicySignature pinned = new DetachedPolicySignature(
				() -> List.of(issued(Algorithm.rsa2048).getCertificate(), SIGNER.getCertificate()));
		PrivateKey key = SIGNER.getKeyPair().getPrivate();
		accepts(pinned, jws("{\"alg\":\"ES256\"}", DOCUMENT, true, key, "ES256"));
		accepts(pinned, sign(DOCUMENT, SIGNER));
		refuses(pinned, DOCUMENT, sign(DOCUMENT, issued(Algorithm.ecp256)));
		refuses(pinned, DOCUMENT, jws("{\"alg\":\"ES256\"}", DOCUMENT, true,
				issued(Algorithm.ecp256).getKeyPair().getPrivate(), "ES256"));
		refuses(TRUSTED, DOCUMENT, jws("{\"alg\":\"ES256\"}", DOCUMENT, true, key, "ES256"));
	}

	@Test
	void aKeyOfNoUseDoesNotKeepOthersFromSigning() throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("RSASSA-PSS");
		PSSParameterSpec other = new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1);
		generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4, other));
		// For signatures with another digest only, says the certificate
		X509Certificate useless = certificate(generator.generateKeyPair().getPublic());
		X509Bundle signer = issued(Algorithm.rsa2048);
		byte[] signature = jws("{\"alg\":\"PS256\"}", DOCUMENT, true, signer.getKeyPair().getPrivate(), "PS256");
		accepts(new DetachedPolicySignature(() -> List.of(useless, signer.getCertificate())), signature);
		refuses(new DetachedPolicySignature(() -> List.of(useless)), DOCUMENT, signature);
	}

	private static X509Certificate certificate(PublicKey key) throws Exception {
		X500Name name = new X500Name("CN=useless");
		X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, new Date(),
				Date.from(Instant.now().plusSeconds(3600)), name, key);
		return new JcaX509CertificateConverter().getCertificate(
				builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(CA.getKeyPair().getPrivate())));
	}

	@Test
	void refusesAnotherDocument() {
		refuses(TRUSTED, "{\"s\": [ ]}".getBytes(StandardCharsets.UTF_8), sign(DOCUMENT, SIGNER));
	}

	@Test
	void refusesStrangers() {
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, authority("CN=ca")));
		refuses(TRUSTED, DOCUMENT,
				sign(DOCUMENT, issued(authority("CN=ca"), Algorithm.ecp256, null, Instant.now().plusSeconds(3600))));
		refuses(new DetachedPolicySignature(List::of), DOCUMENT, sign(DOCUMENT, SIGNER));
	}

	@Test
	void refusesCertificatesOfServersAndExpiredOnes() {
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT,
				issued(CA, Algorithm.ecp256, ExtendedKeyUsage.PKIX_KP_SERVER_AUTH, Instant.now().plusSeconds(3600))));
		X509Bundle expired = issued(CA, Algorithm.ecp256, null, Instant.now().minusSeconds(3600));
		refuses(TRUSTED, DOCUMENT, sign(DOCUMENT, expired));
		refuses(new DetachedPolicySignature(() -> List.of(expired.getCertificate())), DOCUMENT,
				jws("{\"alg\":\"ES256\"}", DOCUMENT, true, expired.getKeyPair().getPrivate(), "ES256"));
	}

	@Test
	void refusesAlgorithmsThatAreNotAllowed() throws Exception {
		String none = base64url(header("none", SIGNER.getCertificate()).getBytes(StandardCharsets.UTF_8)) + "..";
		refuses(TRUSTED, DOCUMENT, none.getBytes(StandardCharsets.US_ASCII));
		String secret = base64url(header("HS256", SIGNER.getCertificate()).getBytes(StandardCharsets.UTF_8));
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(SIGNER.getCertificate().getPublicKey().getEncoded(), "HmacSHA256"));
		byte[] code = mac.doFinal((secret + "." + base64url(DOCUMENT)).getBytes(StandardCharsets.US_ASCII));
		refuses(TRUSTED, DOCUMENT, (secret + ".." + base64url(code)).getBytes(StandardCharsets.US_ASCII));
		X509Bundle rsa = issued(Algorithm.rsa2048);
		refuses(TRUSTED, DOCUMENT,
				jws(header("RS1", rsa.getCertificate()), DOCUMENT, true, rsa.getKeyPair().getPrivate(), "RS1"));
		X509Bundle larger = issued(Algorithm.ecp384);
		refuses(TRUSTED, DOCUMENT, jws(header("ES384", larger.getCertificate()), DOCUMENT, true,
				larger.getKeyPair().getPrivate(), "ES384"));
	}

	@Test
	void refusesKeysOfAnotherKind() {
		X509Bundle larger = issued(Algorithm.ecp384);
		refuses(TRUSTED, DOCUMENT, jws(header("ES256", larger.getCertificate()), DOCUMENT, true,
				larger.getKeyPair().getPrivate(), "ES256"));
		refuses(TRUSTED, DOCUMENT, jws(header("RS256", SIGNER.getCertificate()), DOCUMENT, true,
				SIGNER.getKeyPair().getPrivate(), "ES256"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"alg\":\"ES256\",\"b64\":false}", "{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}",
			"{\"alg\":\"ES256\",\"crit\":[]}", "{\"alg\":\"ES256\",\"alg\":\"ES256\"}", "{\"alg\":\"ES256\"",
			"{\"alg\":\"ES256\",\"b64\":0,\"crit\":[\"b64\"]}", "{\"alg\":1}", "{}", "{\"alg\":\"ES256\",\"x5c\":\"\"}",
			"{\"alg\":\"ES256\",\"x5c\":[1]}", "{\"alg\":\"ES256\",\"x5c\":[\"AAAA\"]}",
			"{\"alg\":\"ES256\",\"x5c\":[\"!\"]}" })
	void refusesHeadersThatMakeNoSense(String header) {
		PolicySignature pinned = new DetachedPolicySignature(() -> List.of(SIGNER.getCertificate()));
		PrivateKey key = SIGNER.getKeyPair().getPrivate();
		refuses(pinned, DOCUMENT, jws(header, DOCUMENT, true, key, "ES256"));
		refuses(pinned, DOCUMENT, jws(header, DOCUMENT, false, key, "ES256"));
	}

	@Test
	void refusesMoreCertificatesThanAnybodyNeeds() {
		X509Certificate[] chain = new X509Certificate[11];
		Arrays.fill(chain, SIGNER.getCertificate());
		PrivateKey key = SIGNER.getKeyPair().getPrivate();
		accepts(TRUSTED, jws(header("ES256", Arrays.copyOf(chain, 10)), DOCUMENT, true, key, "ES256"));
		assertThatExceptionOfType(GeneralSecurityException.class)
			.isThrownBy(() -> TRUSTED.verify(DOCUMENT, jws(header("ES256", chain), DOCUMENT, true, key, "ES256")))
			.withMessage("x5c has 11 certificates (expected: at most 10)");
	}

	@Test
	void refusesRubbish() {
		byte[] good = sign(DOCUMENT, SIGNER);
		for (int length = 0; length < good.length; length += 7) {
			refuses(TRUSTED, DOCUMENT, Arrays.copyOf(good, length));
		}
		String text = new String(good, StandardCharsets.US_ASCII);
		for (String broken : List.of(text + "=", text + ".", text.replace("..", "." + base64url(DOCUMENT) + "."),
				text.replace("..", "."), text + "\u00e4", text.replace("..", "..\n"), "e..", "eyJ..AA")) {
			refuses(TRUSTED, DOCUMENT, broken.getBytes(StandardCharsets.UTF_8));
		}
	}

}
