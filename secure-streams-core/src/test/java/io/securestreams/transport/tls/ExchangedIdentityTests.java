package io.securestreams.transport.tls;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.ServerIdentity;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.testing.OtherThread;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keys and trust that are exchanged at run time, also for what is broken.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class ExchangedIdentityTests {

	private static final VirtualHost HOST = new VirtualHost("front", "127.0.0.1", 0, "bundle",
			VirtualHost.ClientAuth.NONE);

	private final Source source = new Source();

	private final TestRuntime test;

	ExchangedIdentityTests(String transport) {
		this.test = TestRuntime.create(transport, NetworkLimits.DEFAULTS, this.source, List.of(HOST));
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void whatIsBrokenFromTheStartEndsTheAttempt() throws Exception {
		this.source.trust.set(() -> {
			throw new IllegalStateException("bundle \"web\" cannot be read");
		});
		try (JdkPeer peer = peer()) {
			StreamFailure failure = connect(peer).failed();
			assertThat(failure.phase()).isEqualTo(Phase.TLS);
			assertThat(failure.message()).isEqualTo("bundle \"web\" cannot be read");
			this.source.trust.set(ExchangedIdentityTests::trust);
			connect(peer).close();
		}
	}

	@Test
	void clientsKeepTheTrustThatHasWorkedLast() throws Exception {
		try (JdkPeer peer = peer()) {
			connect(peer).close();
			this.source.trust.set(() -> {
				throw new IllegalStateException("half written");
			});
			connect(peer).close();
			TrustManagerFactory other = TestPki.authority("CN=another").toTrustManagerFactory();
			this.source.trust.set(() -> other);
			assertThat(connect(peer).failed().phase()).isEqualTo(Phase.TLS);
		}
	}

	@Test
	void listenersKeepTheIdentityThatHasWorkedLast() throws Exception {
		BoundListener listener = TestLink.await(this.test.runtime()
			.listener()
			.bind(this.test.runtime().listener().point(HOST, List.of()), (channel) -> {
			})
			.toCompletableFuture());
		handshake(listener);
		this.source.server.set(() -> {
			throw new IllegalStateException("half written");
		});
		handshake(listener);
		ServerIdentity next = new ServerIdentity(TestPki.server("next.test").toKeyManagerFactory(), null);
		this.source.server.set(() -> next);
		assertThat(handshake(listener)).isEqualTo("CN=next.test");
	}

	@Test
	void readsKeysAndTrustAsideFromTheEventLoop() throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
		this.source.trust.set(() -> {
			onLoop.complete(Thread.currentThread().getName().matches("secure-streams-\\d+"));
			try {
				slow.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return trust();
		});
		try (JdkPeer peer = peer()) {
			CompletableFuture<ConnectResult> result = OtherThread.supply(() -> connect(peer));
			assertThat(TestLink.await(onLoop)).isFalse();
			slow.countDown();
			TestLink.await(result).close();
		}
	}

	private static JdkPeer peer() throws Exception {
		return JdkPeer.tls(TestPki.server("localhost"), JdkPeer::echo);
	}

	private ConnectResult connect(JdkPeer peer) {
		return ConnectResult.of(this.test.runtime(), new Origin(new Address.Host("localhost", peer.port()), true,
				new TlsPolicy(true, null, null, null, null), TrafficClass.NORMAL, null, List.of()));
	}

	private static String handshake(BoundListener listener) throws Exception {
		int port = ((InetSocketAddress) listener.address()).getPort();
		try (SSLSocket socket = (SSLSocket) TestPki.jdkContext(null)
			.getSocketFactory()
			.createSocket("127.0.0.1", port)) {
			socket.startHandshake();
			return socket.getSession().getPeerPrincipal().getName();
		}
	}

	private static TrustManagerFactory trust() {
		return TestPki.CA.toTrustManagerFactory();
	}

	private static ServerIdentity identity() {
		try {
			return new ServerIdentity(TestPki.server("localhost").toKeyManagerFactory(), null);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What can be exchanged. */
	private static final class Source implements TlsIdentities {

		private final AtomicReference<Supplier<TrustManagerFactory>> trust = new AtomicReference<>();

		private final AtomicReference<Supplier<ServerIdentity>> server = new AtomicReference<>();

		Source() {
			TrustManagerFactory first = trust();
			this.trust.set(() -> first);
			ServerIdentity identity = identity();
			this.server.set(() -> identity);
		}

		@Override
		public @Nullable KeyManagerFactory clientIdentity(int index) {
			return null;
		}

		@Override
		public TrustManagerFactory platformTrust() {
			return this.trust.get().get();
		}

		@Override
		public ServerIdentity serverIdentity(String name) {
			return this.server.get().get();
		}

	}

}
