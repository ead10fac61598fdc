package io.securestreams.transport.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class ClientBlobTests {

	private static final X509Bundle DEVICE = TestPki.client("device-7");

	private final SystemBlobs blobs = new SystemBlobs();

	private final BlockingQueue<String> subjects = new LinkedBlockingQueue<>();

	private volatile @Nullable KeyManagerFactory configured;

	private final TestRuntime test;

	ClientBlobTests(String transport) {
		TlsIdentities preferred = new TlsIdentities() {
			@Override
			public @Nullable KeyManagerFactory clientIdentity(int index) {
				return ClientBlobTests.this.configured;
			}
		};
		this.test = TestRuntime.create(transport, NetworkLimits.DEFAULTS, new BlobIdentities(preferred, this.blobs));
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void presentsACertificateInDer() throws Exception {
		assertThat(presented(der(DEVICE), pkcs8(DEVICE))).isEqualTo("CN=device-7");
	}

	@Test
	void presentsACertificateInPem() throws Exception {
		assertThat(presented(DEVICE.getCertificatePEM().getBytes(StandardCharsets.US_ASCII),
				DEVICE.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII)))
			.isEqualTo("CN=device-7");
	}

	@Test
	void takesSec1Keys() throws Exception {
		BigInteger secret = ((ECPrivateKey) DEVICE.getKeyPair().getPrivate()).getS();
		byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret, SECObjectIdentifiers.secp256r1)
			.getEncoded();
		assertThat(presented(der(DEVICE), sec1)).isEqualTo("CN=device-7");
	}

	@Test
	void takesPkcs1Keys() throws Exception {
		X509Bundle rsa = new CertificateBuilder().rsa2048()
			.subject("CN=old-device")
			.addExtendedKeyUsageClientAuth()
			.buildIssuedBy(TestPki.CA);
		byte[] pkcs1 = PrivateKeyInfo.getInstance(pkcs8(rsa)).parsePrivateKey().toASN1Primitive().getEncoded();
		assertThat(presented(der(rsa), pkcs1)).isEqualTo("CN=old-device");
	}

	@Test
	void presentsTheWholeChain() throws Exception {
		X509Bundle issuing = TestPki.authority("CN=Issuing CA", TestPki.CA);
		X509Bundle leaf = new CertificateBuilder().ecp256()
			.subject("CN=leaf")
			.addExtendedKeyUsageClientAuth()
			.buildIssuedBy(issuing);
		ByteArrayOutputStream chain = new ByteArrayOutputStream();
		chain.writeBytes(der(leaf));
		chain.writeBytes(issuing.getCertificate().getEncoded());
		assertThat(presented(chain.toByteArray(), pkcs8(leaf))).isEqualTo("CN=leaf");
	}

	@Test
	void takesANewCertificateFromTheNextConnectionOn() throws Exception {
		assertThat(presented(der(DEVICE), pkcs8(DEVICE))).isEqualTo("CN=device-7");
		X509Bundle renewed = TestPki.client("device-8");
		assertThat(presented(der(renewed), pkcs8(renewed))).isEqualTo("CN=device-8");
	}

	@Test
	void prefersWhatIsConfigured() throws Exception {
		this.configured = TestPki.client("configured").toKeyManagerFactory();
		assertThat(presented(der(DEVICE), pkcs8(DEVICE))).isEqualTo("CN=configured");
	}

	@Test
	void refusesAKeyOfAnotherCertificate() throws Exception {
		assertThat(refused(der(DEVICE), pkcs8(TestPki.client("other"))))
			.contains("client_cert 2: the system blobs cannot be used: the key does not belong to the certificate");
	}

	@Test
	void tellsWhatIsNoCertificateAndWhatIsNoKey() throws Exception {
		byte[] nonsense = "secret".getBytes(StandardCharsets.US_ASCII);
		assertThat(refused(nonsense, pkcs8(DEVICE))).contains("client_cert 2: the system blobs cannot be used")
			.doesNotContain("secret");
		assertThat(refused(new byte[0], pkcs8(DEVICE))).contains("no certificate in the blob");
		assertThat(refused(der(DEVICE), nonsense)).contains("no private key in the blob").doesNotContain("secret");
		assertThat(refused(der(DEVICE), new byte[0])).contains("no private key in the blob");
	}

	@Test
	void tellsThatAKeyIsEncrypted() throws Exception {
		String body = Base64.getMimeEncoder()
			.encodeToString(
					new EncryptedPrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2), pkcs8(DEVICE))
						.getEncoded());
		String pkcs8 = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + body + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
		String pkcs1 = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
				+ "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" + body
				+ "\n-----END RSA PRIVATE KEY-----\n";
		for (String pem : List.of(pkcs8, pkcs1)) {
			assertThat(refused(der(DEVICE), pem.getBytes(StandardCharsets.US_ASCII)))
				.isEqualTo("client_cert 2: the system blobs cannot be used: the key is encrypted "
						+ "(expected: one without a password)");
		}
	}

	@Test
	void missesARemovedCertificate() throws Exception {
		this.blobs.setClientIdentity(2, der(DEVICE), pkcs8(DEVICE)).removeClientIdentity(2);
		try (JdkPeer peer = wantingCertificate()) {
			assertThat(connect(peer.port()).failed().message()).contains("client_cert 2 stands for nothing");
		}
	}

	@Test
	void neverPrintsKeys() throws Exception {
		this.blobs.setClientIdentity(2, der(DEVICE), pkcs8(DEVICE));
		assertThat(this.blobs).hasToString("SystemBlobs[***]");
		assertThat(this.blobs.clientIdentity(2)).hasToString("ClientIdentity[***]");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.blobs.setClientIdentity(255, new byte[0], new byte[0]))
			.withMessage("client_cert: 255 (expected: 0..254)");
	}

	private String presented(byte[] certificate, byte[] key) throws Exception {
		this.blobs.setClientIdentity(2, certificate, key);
		try (JdkPeer peer = wantingCertificate()) {
			ConnectResult result = connect(peer.port());
			String subject = this.subjects.poll(20, TimeUnit.SECONDS);
			result.close();
			assertThat(subject).isNotNull();
			return subject;
		}
	}

	private String refused(byte[] certificate, byte[] key) throws Exception {
		this.blobs.setClientIdentity(2, certificate, key);
		try (JdkPeer peer = wantingCertificate()) {
			StreamFailure failure = connect(peer.port()).failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			return failure.message();
		}
	}

	private JdkPeer wantingCertificate() throws Exception {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(TestPki.server("localhost"))
			.getServerSocketFactory()
			.createServerSocket();
		server.bind(new InetSocketAddress("127.0.0.1", 0));
		server.setNeedClientAuth(true);
		return JdkPeer.of(server, (socket) -> {
			((SSLSocket) socket).startHandshake();
			this.subjects.add(((SSLSocket) socket).getSession().getPeerPrincipal().getName());
		});
	}

	private ConnectResult connect(int port) {
		return ConnectResult.of(this.test.runtime(), new Origin(new Address.Host("localhost", port), true,
				TestPolicies.trusting(2, TestPki.CA.getCertificate()), TrafficClass.NORMAL, null, List.of()));
	}

	private static byte[] der(X509Bundle bundle) throws Exception {
		X509Certificate certificate = bundle.getCertificate();
		return certificate.getEncoded();
	}

	private static byte[] pkcs8(X509Bundle bundle) {
		KeyPair keys = bundle.getKeyPair();
		return keys.getPrivate().getEncoded();
	}

}
