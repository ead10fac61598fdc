package io.securestreams.transport.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.IntegerUnixChannelOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestDns;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class ConnectorTests {

	private static final IntegerUnixChannelOption SO_PRIORITY = new IntegerUnixChannelOption("SO_PRIORITY", 1, 12);

	private final TestDns dns = new TestDns();

	private final TestRuntime test;

	private final String transport;

	ConnectorTests(String transport) {
		this.transport = transport;
		this.test = TestRuntime.create(transport,
				NetworkLimits.DEFAULTS.withNameServers(List.of(this.dns.address()), Duration.ofSeconds(5)));
	}

	@AfterEach
	void stop() {
		this.test.close();
		this.dns.close();
	}

	@Test
	void connectsToNumericAddressWithoutLookup() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			ConnectResult result = connect("127.0.0.1", peer.port());
			assertThat(result.open().config().isAutoRead()).isFalse();
			assertThat(result.report().peer()).isEqualTo("127.0.0.1");
			assertThat(result.report().dns()).containsExactly("127.0.0.1");
			assertThat(result.report().dnsDisposition()).isEqualTo(ConnectReport.DNS_NONE);
			assertThat(result.report().connectMicros()).isPositive();
			assertThat(this.dns.queries()).isZero();
			result.close();
		}
	}

	@Test
	void connectsToIpv6Address() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("::1"));
				JdkPeer peer = JdkPeer.of(server, JdkPeer::echo)) {
			ConnectResult result = connect("::1", peer.port());
			assertThat(result.open().isActive()).isTrue();
			result.close();
		}
	}

	@Test
	void asksTheNameServerOnce() throws Exception {
		this.dns.name("one.test", "127.0.0.1");
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			ConnectResult result = connect("one.test", peer.port());
			assertThat(result.report().dnsDisposition()).isEqualTo(ConnectReport.DNS_FOUND);
			assertThat(result.report().dns()).containsExactly("127.0.0.1");
			assertThat(result.report().dnsMicros()).isPositive();
			result.close();
			int queries = this.dns.queries();
			connect("one.test", peer.port()).close();
			assertThat(this.dns.queries()).isEqualTo(queries);
		}
	}

	@Test
	void knowsTheHostsFile() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			connect("localhost", peer.port()).close();
			assertThat(this.dns.queries()).isZero();
		}
	}

	@Test
	void goesOnToTheNextAddressWhenOneRefuses() throws Exception {
		this.dns.name("dead-first.test", "127.0.0.2", "127.0.0.3", "127.0.0.1");
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			ConnectResult result = connect("dead-first.test", peer.port());
			assertThat(result.report().peer()).isEqualTo("127.0.0.1");
			assertThat(result.report().dns()).containsExactly("127.0.0.2", "127.0.0.3", "127.0.0.1");
			result.close();
		}
	}

	@Test
	void triesTheNextAddressBesideOneThatHangs() throws Exception {
		this.dns.name("hanging-first.test", "127.0.0.2", "127.0.0.1");
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo); FullBacklog full = new FullBacklog("127.0.0.2", peer.port())) {
			ConnectResult result = connect("hanging-first.test", full.port());
			assertThat(result.report().peer()).isEqualTo("127.0.0.1");
			assertThat(Duration.ofNanos(result.report().connectMicros() * 1000)).isBetween(Duration.ofMillis(200),
					Duration.ofSeconds(10));
			result.close();
		}
	}

	@Test
	void tellsAllAddressesThatFailed() {
		this.dns.name("dead.test", "127.0.0.2", "127.0.0.3");
		ConnectResult result = connect("dead.test", freePort());
		assertThat(result.failed().phase()).isEqualTo(Phase.CONNECT);
		assertThat(result.failed().message()).contains("127.0.0.2", "127.0.0.3", "refused");
		assertThat(result.failed().unsent()).isTrue();
		assertThat(result.failed().endpoint()).startsWith("dead.test:");
	}

	@Test
	void givesUpAfterTheTimeout() throws Exception {
		try (TestRuntime hasty = TestRuntime.create(this.transport,
				NetworkLimits.DEFAULTS.withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(1)));
				FullBacklog full = new FullBacklog("127.0.0.1", 0)) {
			ConnectResult result = ConnectResult.of(hasty.runtime(), plain("127.0.0.1", full.port()));
			assertThat(result.failed().phase()).isEqualTo(Phase.CONNECT);
			assertThat(result.failed().message()).contains("not connected after 100 ms", "127.0.0.1");
		}
	}

	@Test
	void tellsThatThereIsNoSuchName() {
		ConnectResult result = connect("nowhere.test", 80);
		assertThat(result.failed().phase()).isEqualTo(Phase.RESOLVE);
		assertThat(result.failed().message()).contains("nowhere.test").contains("NXDomain");
		assertThat(result.report().dnsDisposition()).isEqualTo(ConnectReport.DNS_NO_RESULT);
	}

	@Test
	void tellsThatANameHasNoAddress() {
		this.dns.name("empty.test");
		ConnectResult result = connect("empty.test", 80);
		assertThat(result.failed().phase()).isEqualTo(Phase.RESOLVE);
		assertThat(result.report().dnsDisposition()).isEqualTo(ConnectReport.DNS_NO_RESULT);
	}

	@Test
	void tellsThatNoNameServerAnswers() throws Exception {
		try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
				TestRuntime lost = TestRuntime.create(this.transport, NetworkLimits.DEFAULTS.withNameServers(
						List.of((InetSocketAddress) silent.getLocalSocketAddress()), Duration.ofMillis(50)))) {
			ConnectResult result = ConnectResult.of(lost.runtime(), plain("some.test", 80));
			assertThat(result.failed().phase()).isEqualTo(Phase.NAME_SERVER);
			assertThat(result.failed().message()).contains("some.test");
			assertThat(result.report().dnsDisposition()).isEqualTo(ConnectReport.DNS_SERVER_UNREACHABLE);
		}
	}

	@Test
	void tellsThatTheNameServerIsNotThere() throws Exception {
		InetSocketAddress gone;
		try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
			gone = (InetSocketAddress) socket.getLocalSocketAddress();
		}
		try (TestRuntime lost = TestRuntime.create(this.transport,
				NetworkLimits.DEFAULTS.withNameServers(List.of(gone), Duration.ofMillis(50)))) {
			ConnectResult result = ConnectResult.of(lost.runtime(), plain("some.test", 80));
			assertThat(result.failed().phase()).isEqualTo(Phase.NAME_SERVER);
		}
	}

	@Test
	void failsWithoutHost() {
		ConnectResult result = connect("", 80);
		assertThat(result.failed().phase()).isEqualTo(Phase.RESOLVE);
		assertThat(result.failed().message()).contains("endpoint is empty");
	}

	@Test
	void failsOnWhatIsNoHostName() {
		assertThat(connect("a..b", 80).failed().phase()).isEqualTo(Phase.RESOLVE);
		assertThat(connect("x".repeat(70) + ".test", 80).failed().phase()).isEqualTo(Phase.RESOLVE);
	}

	@Test
	void failsOnFilesAndPorts() {
		assertThat(connect(new Address.File("/etc/passwd")).failed().phase()).isEqualTo(Phase.POLICY);
		assertThat(connect("127.0.0.1", 0).failed().message()).contains("port 0");
	}

	@Test
	void tellsThatAUnixSocketIsMissing() {
		ConnectResult result = connect(new Address.Unix("/nonexistent/sock", false));
		assertThat(result.failed().phase()).isEqualTo(Phase.CONNECT);
		assertThat(result.failed().message()).contains("/nonexistent/sock");
	}

	@Test
	void needsANativeTransportForAbstractNames() {
		ConnectResult result = connect(new Address.Unix("nobody-listens-" + System.nanoTime(), true));
		assertThat(result.failed().phase()).isEqualTo(Phase.CONNECT);
		if (this.test.loops().transportName().equals("nio")) {
			assertThat(result.failed().message()).contains("native transport");
		}
	}

	@Test
	void reportsNothingAfterCancel() throws Exception {
		CompletableFuture<ConnectResult> never = new CompletableFuture<>();
		CompletableFuture<Integer> helloBytes = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo);
				FullBacklog full = new FullBacklog("127.0.0.1", 0);
				JdkPeer stalling = JdkPeer.tcp((socket) -> {
					helloBytes.complete(socket.getInputStream().read());
					socket.getInputStream().transferTo(OutputStream.nullOutputStream());
				})) {
			EventLoop loop = this.test.loops().next().eventLoop();
			// At once
			for (Origin origin : List.of(plain("127.0.0.1", peer.port()), plain("nowhere.test", 80), plain("", 1))) {
				onLoop(loop, () -> start(loop, origin, never).cancel());
			}
			// While the socket connects
			ConnectAttempt connecting = onLoop(loop, () -> start(loop, plain("127.0.0.1", full.port()), never));
			onLoop(loop, () -> {
			});
			onLoop(loop, connecting::cancel);
			// While TLS shakes hands
			Origin tls = new Origin(new Address.Host("127.0.0.1", stalling.port()), true,
					TestPolicies.trusting(TestPki.CA.getCertificate()), TrafficClass.NORMAL, null, List.of());
			ConnectAttempt shaking = onLoop(loop, () -> start(loop, tls, never));
			assertThat(TestLink.await(helloBytes)).isEqualTo(22);
			onLoop(loop, shaking::cancel);
			stalling.awaitServed();
			connect("127.0.0.1", peer.port()).close();
			assertThat(never).isNotDone();
		}
	}

	@Test
	void setsTypeOfServiceAndPriority() throws Exception {
		TrafficClass marks = new TrafficClass(5, true, false, true, false);
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			ConnectResult result = ConnectResult.of(this.test.runtime(), new Origin(
					new Address.Host("127.0.0.1", peer.port()), false, TlsPolicy.NONE, marks, null, List.of()));
			assertThat(result.open().config().getOption(ChannelOption.IP_TOS)).isEqualTo(0x14);
			if (this.test.loops().transportName().equals("epoll")) {
				assertThat(result.open().config().getOption(SO_PRIORITY)).isEqualTo(5);
			}
			result.close();
		}
	}

	@Test
	void reportsAnOwnerThatFailsBeforeItCanNotice() throws Exception {
		CompletableFuture<StreamFailure> failed = new CompletableFuture<>();
		CompletableFuture<Channel> connection = new CompletableFuture<>();
		EventLoop loop = this.test.loops().next().eventLoop();
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			Origin origin = new Origin(new Address.Host("127.0.0.1", peer.port()), false, TlsPolicy.NONE,
					TrafficClass.NORMAL, null, List.of());
			onLoop(loop, () -> {
				this.test.runtime().connector().connect(loop, origin, new ConnectListener() {
					@Override
					public void connected(Channel channel, ConnectReport report) {
						connection.complete(channel);
						throw new IllegalStateException("not today");
					}

					@Override
					public void failed(StreamFailure failure, ConnectReport report) {
						failed.complete(failure);
					}
				});
			});
			assertThat(TestLink.await(failed).message()).contains("could not be set up").contains("not today");
			TestLink.await(connection).closeFuture().syncUninterruptibly();
		}
	}

	@Test
	void triesTheNextAddressWhenOneIsNoneForASocket() {
		EventLoop loop = this.test.loops().next().eventLoop();
		CompletableFuture<String> lost = new CompletableFuture<>();
		AddressRace.Result result = new AddressRace.Result() {
			@Override
			public void won(Channel channel, SocketAddress address) {
				lost.completeExceptionally(new AssertionError("won"));
			}

			@Override
			public void lost(String message, @Nullable Throwable cause) {
				lost.complete(message);
			}
		};
		List<InetSocketAddress> addresses = List.of(new InetSocketAddress("127.0.0.1", 1),
				new InetSocketAddress("127.0.0.2", 2));
		onLoop(loop, () -> new AddressRace(loop, addresses, 20, (address) -> {
			throw new IllegalArgumentException("no address for me");
		}, result).start());
		assertThat(TestLink.await(lost)).isEqualTo("no address for me: 127.0.0.1:1; no address for me: 127.0.0.2:2");
	}

	private ConnectAttempt start(EventLoop loop, Origin origin, CompletableFuture<ConnectResult> result) {
		return this.test.runtime().connector().connect(loop, origin, ConnectResult.completing(result));
	}

	private static <T> T onLoop(EventLoop loop, java.util.function.Supplier<T> task) {
		return TestLink.await(CompletableFuture.supplyAsync(task, loop));
	}

	private static void onLoop(EventLoop loop, Runnable task) {
		TestLink.await(CompletableFuture.runAsync(task, loop));
	}

	private ConnectResult connect(String host, int port) {
		return connect(new Address.Host(host, port));
	}

	private ConnectResult connect(Address address) {
		return ConnectResult.of(this.test.runtime(), plain(address));
	}

	private static Origin plain(String host, int port) {
		return plain(new Address.Host(host, port));
	}

	private static Origin plain(Address address) {
		return new Origin(address, false, TlsPolicy.NONE, TrafficClass.NORMAL, null, List.of());
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A listener whose queue is full: the kernel lets further connections hang.
	 */
	private static final class FullBacklog implements AutoCloseable {

		private final ServerSocket server;

		private final List<SocketChannel> waiting = new ArrayList<>();

		FullBacklog(String address, int port) throws IOException {
			this.server = new ServerSocket(port, 1, InetAddress.getByName(address));
			for (int i = 0; i < 4; i++) {
				SocketChannel channel = SocketChannel.open();
				this.waiting.add(channel);
				channel.configureBlocking(false);
				channel.connect(this.server.getLocalSocketAddress());
			}
		}

		int port() {
			return this.server.getLocalPort();
		}

		@Override
		public void close() throws IOException {
			for (SocketChannel channel : this.waiting) {
				channel.close();
			}
			this.server.close();
		}

	}

}
