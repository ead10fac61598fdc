package io.securestreams.transport.listen;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import javax.net.ssl.SSLSocket;

import io.netty.channel.Channel;
import io.netty.pkitesting.X509Bundle;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class ListenerTests {

	private final TestRuntime test;

	@TempDir
	Path directory;

	ListenerTests(String transport) {
		this.test = TestRuntime.create(transport);
	}

	@AfterEach
	void stop() {
		this.test.close();
	}

	@Test
	void listensOnAllInterfaces() throws Exception {
		CompletableFuture<Boolean> accepted = new CompletableFuture<>();
		BoundListener listener = bind(TestPolicies.server(""), (channel) -> {
			accepted
				.complete(channel.eventLoop().inEventLoop() && !channel.config().isAutoRead() && channel.isActive());
			channel.close();
		});
		try (Socket socket = new Socket("127.0.0.1", port(listener))) {
			assertThat(TestLink.await(accepted)).isTrue();
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		close(listener);
	}

	@Test
	void listensOnEveryAddressOfAnInterface() throws Exception {
		NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"));
		BoundListener listener = bind(TestPolicies.server(loopback.getName()), Channel::close);
		for (InetAddress address : Collections.list(loopback.getInetAddresses())) {
			try (Socket socket = new Socket(address, port(listener))) {
				assertThat(socket.isConnected()).isTrue();
			}
		}
		close(listener);
		for (InetAddress address : Collections.list(loopback.getInetAddresses())) {
			// Free again: nobody listens there any more
			new ServerSocket(port(listener), 1, address).close();
		}
	}

	@Test
	void localhostIsThisMachineAlone() throws Exception {
		BoundListener listener = bind(TestPolicies.server("localhost"), Channel::close);
		assertThat(((InetSocketAddress) listener.address()).getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
		close(listener);
	}

	@Test
	void tellsThatThePortIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
			assertThatExceptionOfType(BindException.class)
				.isThrownBy(binding(TestPolicies.server("127.0.0.1", taken.getLocalPort(), TlsPolicy.NONE)))
				.withMessageContaining("127.0.0.1:" + taken.getLocalPort())
				.withMessageContaining("in use");
		}
	}

	@Test
	void refusesEndpointsItCannotListenOn() {
		refuses(TestPolicies.server("nosuchif0"), "no network interface is named \"nosuchif0\"");
		refuses(TestPolicies.server("!main"), "there is no vhost of that name (none is configured)");
		refuses(TestPolicies.server("+"), "names no socket");
		if (this.test.loops().transportName().equals("nio")) {
			refuses(TestPolicies.server("+@abstract"), "native transport");
		}
	}

	@Test
	void aVirtualHostIsThereOnce() {
		VirtualHost one = new VirtualHost("web", "", 1, null, VirtualHost.ClientAuth.NONE);
		VirtualHost other = new VirtualHost("web", "", 2, null, VirtualHost.ClientAuth.NONE);
		assertThatIllegalArgumentException().isThrownBy(() -> new VirtualHosts(List.of(one, other)))
			.withMessage("vhost \"web\" is there twice");
	}

	@Test
	void refusesTlsWithoutCertificateOrKey() {
		TlsPolicy complete = TestPolicies.serving(TestPki.server("localhost"));
		refuses(TestPolicies.server("127.0.0.1", 0, new TlsPolicy(true, null, null, null, complete.serverKey())),
				"without server_cert");
		refuses(TestPolicies.server("127.0.0.1", 0,
				new TlsPolicy(true, null, null, complete.serverCertificate(), null)), "without server_key");
	}

	@Test
	void refusesAKeyThatIsNotTheCertificates() {
		TlsPolicy one = TestPolicies.serving(TestPki.server("localhost"));
		TlsPolicy other = TestPolicies.serving(TestPki.server("localhost"));
		refuses(TestPolicies.server("127.0.0.1", 0,
				new TlsPolicy(true, null, null, one.serverCertificate(), other.serverKey())),
				"the key does not belong to the certificate");
	}

	@Test
	void sendsTheIssuersFromTheTrustStore() throws Exception {
		X509Bundle root = TestPki.authority("CN=Root");
		X509Bundle middle = TestPki.authority("CN=Middle", root);
		BoundListener listener = bind(TestPolicies.server("127.0.0.1", 0, TestPolicies
			.serving(TestPki.server("localhost", middle), root.getCertificate(), middle.getCertificate())),
				(channel) -> {
				});
		try (SSLSocket socket = (SSLSocket) TestPki.jdkContext(null, root)
			.getSocketFactory()
			.createSocket("127.0.0.1", port(listener))) {
			socket.startHandshake();
			assertThat(socket.getSession().getPeerCertificates())
				.extracting((certificate) -> ((X509Certificate) certificate).getSubjectX500Principal().getName())
				.containsExactly("CN=localhost", "CN=Middle", "CN=Root");
		}
		close(listener);
	}

	@Test
	void replacesTheSocketOfAListenerThatIsGone() throws Exception {
		Path path = this.directory.resolve("stale");
		try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			gone.bind(UnixDomainSocketAddress.of(path));
		}
		assertThat(Files.exists(path)).isTrue();
		close(bind(TestPolicies.server("+" + path), Channel::close));
	}

	@Test
	void leavesOtherFilesAndListenersAlone() throws Exception {
		Path taken = this.directory.resolve("taken");
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(taken));
			assertThatExceptionOfType(BindException.class).isThrownBy(binding(TestPolicies.server("+" + taken)))
				.withMessageContaining("taken");
			assertThat(Files.exists(taken)).isTrue();
		}
		Path file = Files.writeString(this.directory.resolve("file"), "precious");
		assertThatExceptionOfType(BindException.class).isThrownBy(binding(TestPolicies.server("+" + file)));
		assertThat(Files.readString(file)).isEqualTo("precious");
	}

	private void refuses(StreamPolicy policy, String message) {
		assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(binding(policy))
			.withMessageContaining(message);
	}

	private ThrowingCallable binding(StreamPolicy policy) {
		return () -> {
			try {
				this.test.runtime().listener().bind(policy, List.of(), Channel::close).toCompletableFuture().join();
			}
			catch (CompletionException ex) {
				throw ex.getCause();
			}
		};
	}

	private BoundListener bind(StreamPolicy policy, Consumer<Channel> accepted) {
		return TestLink.await(this.test.runtime().listener().bind(policy, List.of(), accepted).toCompletableFuture());
	}

	private static int port(BoundListener listener) {
		return ((InetSocketAddress) listener.address()).getPort();
	}

	private static void close(BoundListener listener) {
		TestLink.await(listener.close().toCompletableFuture());
	}

}
