package io.securestreams.transport.connect;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import io.netty.pkitesting.X509Bundle;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestDns;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.tls.TlsContexts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class TlsClientTests {

	private static final X509Bundle CLIENT = TestPki.client("device-7");

	private final TestDns dns = new TestDns().name("right.test", "127.0.0.1").name("wrong.test", "127.0.0.1");

	private final Identities identities = new Identities();

	private final String transport;

	private final TestRuntime test;

	TlsClientTests(String transport) {
		this.transport = transport;
		this.test = TestRuntime.create(transport,
				NetworkLimits.DEFAULTS.withNameServers(List.of(this.dns.address()), Duration.ofSeconds(5)),
				this.identities);
	}

	@AfterEach
	void stop() {
		this.test.close();
		this.dns.close();
	}

	@Test
	void verifiesThePeerAndAgreesOnAProtocol() throws Exception {
		CompletableFuture<String> sni = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("right.test"), (socket) -> {
			SSLSocket tls = (SSLSocket) socket;
			SSLParameters parameters = tls.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "x-test" });
			tls.setSSLParameters(parameters);
			tls.startHandshake();
			sni.complete(((ExtendedSSLSession) tls.getSession()).getRequestedServerNames().toString());
			tls.getInputStream().read();
		})) {
			ConnectResult result = connect("right.test", peer.port(), trustingCa(), List.of("other", "x-test"));
			assertThat(result.open().isActive()).isTrue();
			assertThat(result.open().pipeline().names()).contains(TlsContexts.HANDLER)
				.doesNotContain(TlsClientStage.NAME);
			assertThat(result.report().alpn()).isEqualTo("x-test");
			assertThat(result.report().tlsMicros()).isPositive();
			assertThat(TestLink.await(sni)).contains("right.test");
			result.close();
		}
	}

	@Test
	void sendsNamesWithoutDotAsSni() throws Exception {
		CompletableFuture<String> sni = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), (socket) -> {
			((SSLSocket) socket).startHandshake();
			sni.complete(((ExtendedSSLSession) ((SSLSocket) socket).getSession()).getRequestedServerNames().toString());
		})) {
			connect("localhost", peer.port(), trustingCa(), List.of()).close();
			assertThat(TestLink.await(sni)).contains("localhost");
		}
	}

	@Test
	void verifiesNumericAddresses() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("127.0.0.1"), JdkPeer::echo)) {
			connect("127.0.0.1", peer.port(), trustingCa(), List.of()).close();
		}
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("right.test"), JdkPeer::echo)) {
			StreamFailure failure = connect("127.0.0.1", peer.port(), trustingCa(), List.of()).failed();
			assertThat(failure.message()).containsIgnoringCase("no subject alternative names").contains("127.0.0.1");
		}
	}

	@Test
	void trustsASelfSignedCertificateThatIsPinned() throws Exception {
		X509Bundle self = TestPki.selfSigned("right.test");
		try (JdkPeer peer = JdkPeer.tls(self, JdkPeer::echo)) {
			connect("right.test", peer.port(), TestPolicies.trusting(self.getCertificate()), List.of()).close();
		}
	}

	@Test
	void refusesAnotherHostsCertificate() throws Exception {
		String message = refused("wrong.test", TestPki.server("right.test"), trustingCa());
		assertThat(message).containsIgnoringCase("no subject alternative").contains("wrong.test");
	}

	@Test
	void refusesPinnedCertificateOfAnotherHost() throws Exception {
		X509Bundle self = TestPki.selfSigned("right.test");
		assertThat(refused("wrong.test", self, TestPolicies.trusting(self.getCertificate()))).contains("wrong.test");
	}

	@Test
	void refusesExpiredCertificate() throws Exception {
		assertThat(refused("right.test", TestPki.expiredServer("right.test"), trustingCa()))
			.contains("CN=right.test expired on ");
	}

	@Test
	void refusesACertificateOfTheFuture() throws Exception {
		assertThat(refused("right.test", TestPki.futureServer("right.test"), trustingCa()))
			.contains("CN=right.test is not valid before ");
	}

	@Test
	void refusesExpiredCertificateThatIsPinned() throws Exception {
		X509Bundle self = TestPki.expiredSelfSigned("right.test");
		assertThat(refused("right.test", self, TestPolicies.trusting(self.getCertificate())))
			.contains("CN=right.test expired on ");
	}

	@Test
	void refusesExpiredAnchorThatIsNotPresented() throws Exception {
		X509Bundle old = TestPki.expiredAuthority("CN=Old CA");
		assertThat(
				refused("right.test", TestPki.server("right.test", old), TestPolicies.trusting(old.getCertificate())))
			.contains("CN=Old CA expired on ");
	}

	@Test
	void refusesUnknownAuthority() throws Exception {
		X509Bundle other = TestPki.authority("CN=Other CA");
		assertThat(refused("right.test", TestPki.server("right.test", other), trustingCa())).isEqualTo(
				"unable to find valid certification path: issuer CN=Other CA is not in trust store \"test-trust\"");
	}

	@Test
	void refusesSelfSignedCertificate() throws Exception {
		assertThat(refused("right.test", TestPki.selfSigned("right.test"), trustingCa()))
			.contains("self-signed CN=right.test is not in trust store \"test-trust\"");
	}

	@Test
	void trustsOnlyThePlatformWithoutATrustStore() throws Exception {
		TlsPolicy platform = new TlsPolicy(true, null, null, null, null);
		assertThat(refused("right.test", TestPki.server("right.test"), platform))
			.contains("the platform's trust store");
		this.identities.platform = TestPki.CA.toTrustManagerFactory();
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("right.test"), JdkPeer::echo)) {
			connect("right.test", peer.port(), platform, List.of()).close();
		}
		assertThat(refused("wrong.test", TestPki.server("right.test"), platform)).contains("wrong.test");
	}

	@Test
	void presentsTheClientCertificateOfTheIndex() throws Exception {
		this.identities.keys = CLIENT.toKeyManagerFactory();
		CompletableFuture<String> subject = new CompletableFuture<>();
		try (JdkPeer peer = wantingClientCertificate(subject)) {
			ConnectResult result = connect("right.test", peer.port(),
					TestPolicies.trusting(3, TestPki.CA.getCertificate()), List.of());
			assertThat(TestLink.await(subject)).isEqualTo("CN=device-7");
			result.close();
		}
	}

	@Test
	void namesTheClientCertificateThatIsMissing() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("right.test"), JdkPeer::echo)) {
			StreamFailure failure = connect("right.test", peer.port(),
					TestPolicies.trusting(4, TestPki.CA.getCertificate()), List.of())
				.failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).contains("client_cert 4");
		}
	}

	@Test
	void tellsThatThePeerDoesNotSpeakTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			socket.getOutputStream().write("220 secret banner\r\n".getBytes(StandardCharsets.US_ASCII));
			socket.getInputStream().read();
		})) {
			StreamFailure failure = connect("right.test", peer.port(), trustingCa(), List.of()).failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).isEqualTo("the peer does not speak TLS");
		}
	}

	@Test
	void tellsThatThePeerHangsUpDuringTheHandshake() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().read(new byte[2000]))) {
			StreamFailure failure = connect("right.test", peer.port(), trustingCa(), List.of()).failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).contains("closed the connection during the");
		}
	}

	@Test
	void limitsTheHandshakesTime() throws Exception {
		NetworkLimits limits = NetworkLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(500));
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes());
				TestRuntime hasty = TestRuntime.create(this.transport, limits)) {
			StreamFailure failure = ConnectResult
				.of(hasty.runtime(),
						new Origin(new Address.Host("127.0.0.1", peer.port()), true, trustingCa(), TrafficClass.NORMAL,
								null, List.of()))
				.failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).contains("timed out");
		}
	}

	@Test
	void refusesOldVersionsOfTls() throws Exception {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(TestPki.server("right.test"))
			.getServerSocketFactory()
			.createServerSocket();
		server.bind(new InetSocketAddress("127.0.0.1", 0));
		server.setEnabledProtocols(new String[] { "TLSv1.1" });
		try (JdkPeer peer = JdkPeer.of(server, JdkPeer::echo)) {
			assertThat(connect("right.test", peer.port(), trustingCa(), List.of()).failed().phase())
				.isEqualTo(Phase.TLS);
		}
	}

	/**
	 * Connects to a server that must not be trusted, and makes sure it gets no payload.
	 */
	private String refused(String host, X509Bundle identity, TlsPolicy policy) throws Exception {
		CompletableFuture<Integer> payload = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tls(identity, (socket) -> payload.complete(payload(socket)))) {
			StreamFailure failure = connect(host, peer.port(), policy, List.of()).failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.unsent()).isTrue();
			assertThat(TestLink.await(payload)).isZero();
			return failure.message();
		}
	}

	private static int payload(Socket socket) {
		try {
			return socket.getInputStream().readAllBytes().length;
		}
		catch (java.io.IOException ex) {
			return 0;
		}
	}

	private static JdkPeer wantingClientCertificate(CompletableFuture<String> subject) throws Exception {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(TestPki.server("right.test"))
			.getServerSocketFactory()
			.createServerSocket();
		server.bind(new InetSocketAddress("127.0.0.1", 0));
		server.setNeedClientAuth(true);
		return JdkPeer.of(server, (socket) -> {
			((SSLSocket) socket).startHandshake();
			subject.complete(((SSLSocket) socket).getSession().getPeerPrincipal().getName());
		});
	}

	private static TlsPolicy trustingCa() {
		return TestPolicies.trusting(TestPki.CA.getCertificate());
	}

	private ConnectResult connect(String host, int port, TlsPolicy policy, List<String> alpn) {
		return ConnectResult.of(this.test.runtime(),
				new Origin(new Address.Host(host, port), true, policy, TrafficClass.NORMAL, null, alpn));
	}

	private static final class Identities implements TlsIdentities {

		private volatile @Nullable KeyManagerFactory keys;

		private volatile @Nullable TrustManagerFactory platform;

		@Override
		public @Nullable KeyManagerFactory clientIdentity(int index) {
			return (index == 3) ? this.keys : null;
		}

		@Override
		public @Nullable TrustManagerFactory platformTrust() {
			return this.platform;
		}

	}

}
