package io.securestreams.transport.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.util.SimpleTrustManagerFactory;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.raw.RawTransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Only a full handshake asks whether the peer's certificate is trusted, so that counting
 * the questions tells resumed sessions apart, whoever implements TLS.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class SessionResumptionTests {

	private static final TlsPolicy PLATFORM_TRUST = new TlsPolicy(true, null, null, null, null);

	private final AtomicInteger verifications = new AtomicInteger();

	private final TestRuntime test;

	private final RawTransportFactory factory;

	SessionResumptionTests(String transport) {
		TrustManagerFactory trust = new CountingTrust(this.verifications);
		this.test = TestRuntime.create(transport, NetworkLimits.DEFAULTS, new TlsIdentities() {
			@Override
			public TrustManagerFactory platformTrust() {
				return trust;
			}
		});
		this.factory = new RawTransportFactory(this.test.runtime());
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void resumesTheSessionWithTheSameServer(String version) throws Exception {
		try (JdkPeer peer = server(version)) {
			talk("localhost", peer.port());
			assertThat(this.verifications).hasValue(1);
			talk("localhost", peer.port());
			talk("localhost", peer.port());
			assertThat(this.verifications).hasValue(1);
			assertThat(peer.accepted()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void verifiesUnderAnotherNameAnew(String version) throws Exception {
		try (JdkPeer peer = server(version)) {
			talk("localhost", peer.port());
			TestLink link = link("127.0.0.1", peer.port());
			link.connect();
			assertThat(TestLink.await(link.closed).message()).contains("127.0.0.1");
			assertThat(this.verifications).hasValue(2);
		}
	}

	private static JdkPeer server(String version) throws IOException {
		SSLServerSocket server = (SSLServerSocket) TestPki.jdkContext(TestPki.server("localhost"))
			.getServerSocketFactory()
			.createServerSocket();
		server.bind(new InetSocketAddress("127.0.0.1", 0));
		server.setEnabledProtocols(new String[] { version });
		return JdkPeer.of(server, JdkPeer::echo);
	}

	/** A round trip, so that the server's tickets have arrived, too. */
	private void talk(String host, int port) {
		TestLink link = link(host, port);
		link.onWritable((capacity) -> Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
		link.connect();
		assertThat(link.awaitText(5)).isEqualTo("hello");
		link.run(() -> link.transport().close());
	}

	private TestLink link(String host, int port) {
		TestLink link = new TestLink(this.test.loops().next(), TestPolicies.client(PLATFORM_TRUST),
				new Address.Host(host, port), null);
		return link.transport(this.factory.client(link));
	}

	private static final class CountingTrust extends SimpleTrustManagerFactory {

		private final TrustManager[] managers;

		CountingTrust(AtomicInteger verifications) {
			X509ExtendedTrustManager delegate = (X509ExtendedTrustManager) TestPki.CA.toTrustManager();
			this.managers = new TrustManager[] { new Counting(delegate, verifications) };
		}

		@Override
		protected void engineInit(KeyStore keyStore) {
		}

		@Override
		protected void engineInit(ManagerFactoryParameters parameters) {
		}

		@Override
		protected TrustManager[] engineGetTrustManagers() {
			return this.managers;
		}

	}

	private static final class Counting extends X509ExtendedTrustManager {

		private final X509ExtendedTrustManager delegate;

		private final AtomicInteger verifications;

		Counting(X509ExtendedTrustManager delegate, AtomicInteger verifications) {
			this.delegate = delegate;
			this.verifications = verifications;
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
				throws CertificateException {
			this.verifications.incrementAndGet();
			this.delegate.checkServerTrusted(chain, authType, engine);
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
				throws CertificateException {
			throw new AssertionError("not through a socket");
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
			throw new AssertionError("not without an engine");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			throw new AssertionError("not a server");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
			throw new AssertionError("not a server");
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
			throw new AssertionError("not a server");
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return this.delegate.getAcceptedIssuers();
		}

	}

}
