package io.securestreams.policy.json;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.securestreams.policy.CertificateEntry;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Certificates and keys in the forms that people have them in.
 */
class CertificateSectionTests {

	private static CertificateEntry read(String value) {
		return PolicyJson.read(document(value), "test").policy().certificates().get("c");
	}

	private static String document(String value) {
		return "{ \"certs\": [ { \"c\": \"" + value + "\" } ] }";
	}

	private static String problem(String value) {
		return Documents.problems(document(value))
			.get(0)
			.replaceFirst("^test: certs\\[0\\]\\.c \\(line 1, column 21\\): ", "");
	}

	private static String pem(String label, byte[] der) {
		return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der)
				+ "\n-----END " + label + "-----\n";
	}

	/** As {@code openssl ecparam -genkey} writes it, with the curve inside. */
	private static byte[] sec1(PrivateKey key) throws Exception {
		PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
		ECPrivateKey bare = ECPrivateKey.getInstance(info.parsePrivateKey());
		return new ECPrivateKey(256, bare.getKey(), info.getPrivateKeyAlgorithm().getParameters()).getEncoded();
	}

	private static BigInteger number(CertificateEntry entry) {
		return number(((CertificateEntry.Key) entry).key());
	}

	private static BigInteger number(PrivateKey key) {
		return ((java.security.interfaces.ECPrivateKey) key).getS();
	}

	@Test
	void certificateMayBeDer() {
		assertThat(((CertificateEntry.X509) read(TestCertificates.base64(TestCertificates.RSA))).certificate())
			.isEqualTo(TestCertificates.RSA.getCertificate());
	}

	@Test
	void certificateMayBePem() {
		String pem = TestCertificates.escaped(TestCertificates.RSA.getCertificatePEM());
		assertThat(((CertificateEntry.X509) read(pem)).certificate()).isEqualTo(TestCertificates.RSA.getCertificate());
	}

	@Test
	void keyMayBePkcs8() {
		for (X509Bundle bundle : Arrays.asList(TestCertificates.RSA, TestCertificates.EC, TestCertificates.ED25519)) {
			PrivateKey key = bundle.getKeyPair().getPrivate();
			assertThat(((CertificateEntry.Key) read(TestCertificates.base64(key))).key()).isEqualTo(key);
			assertThat(((CertificateEntry.Key) read(TestCertificates.escaped(bundle.getPrivateKeyPEM()))).key())
				.isEqualTo(key);
		}
	}

	@Test
	void keyMayBePkcs1() throws Exception {
		PrivateKey key = TestCertificates.RSA.getKeyPair().getPrivate();
		byte[] der = PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey().toASN1Primitive().getEncoded();
		String pem = TestCertificates.escaped(pem("RSA PRIVATE KEY", der));
		assertThat(((CertificateEntry.Key) read(pem)).key()).isEqualTo(key);
		assertThat(((CertificateEntry.Key) read(TestCertificates.base64(der))).key()).isEqualTo(key);
	}

	@Test
	void keyMayBeSec1() throws Exception {
		PrivateKey key = TestCertificates.EC.getKeyPair().getPrivate();
		String pem = TestCertificates.escaped(pem("EC PRIVATE KEY", sec1(key)));
		assertThat(number(read(pem))).isEqualTo(number(key));
		assertThat(number(read(TestCertificates.base64(sec1(key))))).isEqualTo(number(key));
	}

	@Test
	void keyMayFollowItsParameters() throws Exception {
		PrivateKey key = TestCertificates.EC.getKeyPair().getPrivate();
		String pem = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
				+ pem("EC PRIVATE KEY", sec1(key));
		assertThat(number(read(TestCertificates.escaped(pem)))).isEqualTo(number(key));
	}

	@Test
	void severalEntriesMayStandInOneObject() {
		String document = "{ \"certs\": [ { \"a\": \"" + TestCertificates.base64(TestCertificates.RSA) + "\", \"b\": \""
				+ TestCertificates.base64(TestCertificates.EC) + "\" } ] }";
		assertThat(PolicyJson.read(document, "test").policy().certificates()).containsOnlyKeys("a", "b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "MIIFazCCA1OgAw...AnX5iItreGCc=", "AA-_",
			"-----BEGIN CERTIFICATE-----\\nAA!A\\n-----END CERTIFICATE-----" })
	void invalidBase64IsRefused(String value) {
		assertThat(problem(value))
			.matches("invalid base64 at character \\d+ \\(expected: A-Z, a-z, 0-9, \\+, / and = at the end\\)");
	}

	@Test
	void incompleteBase64IsRefused() {
		assertThat(problem("AAAAA")).startsWith("invalid base64: the last group is incomplete");
	}

	@Test
	void emptyEntryIsRefused() {
		assertThat(problem("")).isEqualTo("empty (expected: base64 DER or PEM)");
	}

	@Test
	void cutOffCertificateIsRefused() throws Exception {
		byte[] der = TestCertificates.RSA.getCertificate().getEncoded();
		assertThat(problem(TestCertificates.base64(Arrays.copyOf(der, der.length - 10))))
			.isEqualTo("DER of the wrong length: cut off or with something behind it "
					+ "(expected: one certificate or private key)");
		assertThat(problem(TestCertificates.base64(Arrays.copyOf(der, der.length + 1))))
			.startsWith("DER of the wrong length");
	}

	/**
	 * Every byte of a certificate changed: a refusal, or a certificate that says
	 * something else.
	 */
	@Test
	void damagedCertificatesAreRefusedOrRead() throws Exception {
		byte[] der = TestCertificates.EC.getCertificate().getEncoded();
		int refused = 0;
		for (int i = 0; i < der.length; i++) {
			byte[] damaged = der.clone();
			damaged[i] ^= (byte) 0xff;
			try {
				assertThat(read(TestCertificates.base64(damaged))).isInstanceOf(CertificateEntry.X509.class);
			}
			catch (PolicyException ex) {
				refused++;
			}
		}
		assertThat(refused).isPositive();
	}

	@Test
	void damagedKeysAreRefusedOrRead() {
		byte[] der = TestCertificates.EC.getKeyPair().getPrivate().getEncoded();
		int refused = 0;
		for (int i = 0; i < der.length; i++) {
			byte[] damaged = der.clone();
			damaged[i] ^= (byte) 0xff;
			try {
				assertThat(read(TestCertificates.base64(damaged))).isNotNull();
			}
			catch (PolicyException ex) {
				refused++;
			}
		}
		assertThat(refused).isPositive();
	}

	@Test
	void somethingElseIsRefused() {
		assertThat(problem(Base64.getEncoder().encodeToString("hello world".getBytes())))
			.startsWith("neither a certificate nor a private key (expected: an X.509 certificate");
	}

	@Test
	void publicKeyIsRefused() {
		assertThat(problem(TestCertificates.base64(TestCertificates.RSA.getKeyPair().getPublic().getEncoded())))
			.startsWith("neither a certificate nor a private key");
	}

	@Test
	void keyWithAPasswordIsRefused() throws Exception {
		PrivateKey key = TestCertificates.RSA.getKeyPair().getPrivate();
		String armour = pem("RSA PRIVATE KEY", key.getEncoded()).replaceFirst("-----\n",
				"-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
		assertThat(problem(TestCertificates.escaped(armour)))
			.isEqualTo("an encrypted private key (expected: one without a password)");
		EncryptedPrivateKeyInfo pkcs8 = new EncryptedPrivateKeyInfo(
				new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2), key.getEncoded());
		assertThat(problem(TestCertificates.base64(pkcs8.getEncoded())))
			.isEqualTo("an encrypted private key (expected: one without a password)");
	}

	@Test
	void chainInOneEntryIsRefused() {
		String pem = TestCertificates.escaped(TestCertificates.RSA.getCertificatePEM());
		assertThat(problem(pem + pem)).isEqualTo("several PEM blocks (expected: one per entry)");
	}

	@Test
	void pemWithoutItsEndIsRefused() {
		assertThat(problem("-----BEGIN CERTIFICATE-----\\nAAAA"))
			.isEqualTo("PEM without its end line (expected: -----END ...-----)");
	}

	@Test
	void pemWithoutItsBeginIsRefused() {
		assertThat(problem("AAAA\\n-----END CERTIFICATE-----"))
			.isEqualTo("PEM without its begin line (expected: -----BEGIN ...-----)");
	}

	/** The first elements are those of one, what follows is not. */
	@Test
	void whatOnlyBeginsLikeACertificateOrAKeyIsRefused() {
		assertThat(problem(TestCertificates.base64(new byte[] { 0x30, 5, 0x30, 3, 2, 1, 0 })))
			.isEqualTo("malformed certificate (expected: an X.509 certificate)");
		for (byte[] key : List.of(new byte[] { 0x30, 5, 2, 1, 0, 0x30, 0 }, new byte[] { 0x30, 6, 2, 1, 0, 2, 1, 0 },
				new byte[] { 0x30, 5, 2, 1, 1, 4, 0 })) {
			assertThat(problem(TestCertificates.base64(key)))
				.isEqualTo("malformed private key, or of an unknown algorithm (expected: RSA, EC, Ed25519 or Ed448)");
		}
	}

	@Test
	void oversizedEntryIsRefused() {
		assertThat(problem("A".repeat(200_000))).isEqualTo("too large (expected: at most 65536 bytes of DER)");
	}

	@Test
	void expiredCertificateIsAWarningThatNamesItAndTheDate() {
		X509Bundle expired = TestCertificates.selfSigned("CN=old", Algorithm.ecp256,
				Instant.parse("2021-03-04T05:06:07Z"));
		PolicyDocument document = PolicyJson.read(document(TestCertificates.base64(expired)), "test");
		assertThat(document.warnings()).singleElement()
			.hasToString("test: certs[0].c (line 1, column 21): warning: certificate \"c\" expired on "
					+ "2021-03-04T05:06:07Z (expected: a valid one)");
	}

	@Test
	void certificateOfTheFutureIsAWarning() {
		PolicyDocument document = PolicyJson.read(document(TestCertificates.base64(TestCertificates.EC)), "test", null,
				Clock.fixed(Instant.parse("1999-01-01T00:00:00Z"), ZoneOffset.UTC));
		assertThat(document.warnings()).extracting(PolicyProblem::message)
			.containsExactly("certificate \"c\" is not valid before 2000-01-01T00:00:00Z");
	}

	@Test
	void keyThatIsNotTheCertificatesIsRefused() {
		String document = "{ \"certs\": [ { \"cert\": \"" + TestCertificates.base64(TestCertificates.OTHER_EC)
				+ "\", \"key\": \"" + TestCertificates.base64(TestCertificates.EC.getKeyPair().getPrivate())
				+ "\" } ], \"s\": [ { \"x\": { \"server\": true, \"tls\": true, \"server_cert\": \"cert\", "
				+ "\"server_key\": \"key\" } } ] }";
		assertThat(Documents.problems(document)).singleElement()
			.asString()
			.contains("s[0].x.server_key ", "key \"key\" does not belong to certificate \"cert\"");
	}

	@Test
	void keyInThePlaceOfACertificateIsRefused() {
		assertThat(Documents.problems(Documents.of("\"server\": true, \"server_cert\": \"leaf-key\""))).anySatisfy(
				(problem) -> assertThat(problem).contains("\"leaf-key\" is a private key (expected: a certificate)"));
		assertThat(Documents.problems(Documents.of("\"server\": true, \"server_key\": \"leaf\""))).anySatisfy(
				(problem) -> assertThat(problem).contains("\"leaf\" is a certificate (expected: a private key)"));
	}

}
