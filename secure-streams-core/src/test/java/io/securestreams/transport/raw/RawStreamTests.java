package io.securestreams.transport.raw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.EventLoopExecutor;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawStreamTests {

	private static final int BULK = 10 * 1024 * 1024;

	private static final byte[] PATTERN = pattern();

	private static TestRuntime runtime;

	private static RawTransportFactory factory;

	RawStreamTests(String transport) {
		runtime = TestRuntime.create(transport);
		factory = new RawTransportFactory(runtime.runtime());
	}

	@AfterEach
	void stop() {
		runtime.close();
	}

	@Test
	void echoesOverTcp() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			sayHello(link);
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			assertThat(TestLink.await(link.connected)).isEqualTo("127.0.0.1");
			link.run(() -> link.transport().close());
			peer.awaitServed();
			assertThat(link.events).containsExactly("connected", "received");
		}
	}

	@Test
	void echoesOverTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), JdkPeer::echo)) {
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Host("localhost", peer.port()));
			sayHello(link);
			link.connect();
			assertThat(link.awaitText(5)).isEqualTo("hello");
			link.run(() -> link.transport().close());
			peer.awaitServed();
		}
	}

	@Test
	void servesTcp() throws Exception {
		Server server = Server.bind(TestPolicies.server("127.0.0.1"));
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			assertThat(chat(socket, "hello")).isEqualTo("hello");
			TestLink link = TestLink.await(server.accepted);
			assertThat(link.events).startsWith("connected", "received");
			assertThat(TestLink.await(link.connected)).isEqualTo("127.0.0.1");
		}
		assertThat(TestLink.await(server.accepted.join().closed).phase()).isEqualTo(Phase.CONNECTION);
		server.close();
	}

	@Test
	void servesTls() throws Exception {
		Server server = Server
			.bind(TestPolicies.server("127.0.0.1", 0, TestPolicies.serving(TestPki.server("localhost"))));
		try (Socket socket = TestPki.jdkContext(null).getSocketFactory().createSocket("127.0.0.1", server.port())) {
			assertThat(chat(socket, "hello")).isEqualTo("hello");
		}
		assertThat(TestLink.await(server.accepted.join().closed).message()).isEqualTo("the peer closed the connection");
		server.close();
	}

	@Test
	void reportsFailedHandshakeOfAcceptedStream() throws Exception {
		Server server = Server
			.bind(TestPolicies.server("127.0.0.1", 0, TestPolicies.serving(TestPki.server("localhost"))));
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			TestLink link = TestLink.await(server.accepted);
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.TLS);
			assertThat(link.closed.join().message()).isEqualTo("the peer does not speak TLS");
			assertThat(link.events).doesNotContain("connected");
		}
		server.close();
	}

	@Test
	void closesRefusedConnections() throws Exception {
		BoundListener listener = TestLink
			.await(factory.listen(TestPolicies.server("127.0.0.1"), (executor, transport, peer) -> null)
				.toCompletableFuture());
		try (Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) listener.address()).getPort())) {
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		TestLink.await(listener.close().toCompletableFuture());
	}

	@Test
	void talksOverUnixSocketPath() throws Exception {
		Path directory = Files.createTempDirectory("raw");
		Path path = directory.resolve("sock");
		for (int i = 0; i < 2; i++) {
			overUnixSocket("+" + path, new Address.Unix(path.toString(), false), path.toString());
		}
		Files.deleteIfExists(path);
		Files.delete(directory);
	}

	@Test
	void speaksTlsOverUnixSocketAsLocalhost() throws Exception {
		Path directory = Files.createTempDirectory("raw");
		Path path = directory.resolve("sock");
		for (String name : new String[] { "localhost", "other.test" }) {
			Server server = Server.bind(TestPolicies.server("+" + path, 0, TestPolicies.serving(TestPki.server(name))));
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Unix(path.toString(), false));
			sayHello(link);
			link.connect();
			if (name.equals("localhost")) {
				assertThat(link.awaitText(5)).isEqualTo("hello");
				link.run(() -> link.transport().close());
			}
			else {
				assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.TLS);
			}
			TestLink.await(server.accepted.join().closed);
			server.close();
		}
		Files.deleteIfExists(path);
		Files.delete(directory);
	}

	@Test
	void talksOverAbstractUnixSocket() throws Exception {
		Assumptions.assumeTrue(runtime.loops().transportName().equals("epoll"), "needs the epoll library");
		String name = "raw-test-" + ProcessHandle.current().pid();
		overUnixSocket("+@" + name, new Address.Unix(name, true), "@" + name);
	}

	@Test
	void deliversEverythingBeforeThePeersEnd() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getOutputStream().write(PATTERN, 0, 300_000))) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			// Everything and the end are on the way before reading begins
			link.onConnected(() -> link.transport().pauseReading());
			link.connect();
			peer.awaitServed();
			assertThat(link.receivedBytes()).isZero();
			link.run(() -> link.transport().resumeReading());
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.CONNECTION);
			assertThat(link.receivedBytes()).isEqualTo(300_000);
			assertThat(link.events).containsExactly("connected", "received", "timings", "closed");
			assertThat(TestLink.await(link.timings).peer()).isEqualTo("127.0.0.1");
		}
	}

	@Test
	void bulkBothWaysOverTcp() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			bulk(peer, TlsPolicy.NONE);
		}
	}

	@Test
	void bulkBothWaysOverTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), JdkPeer::echo)) {
			bulk(peer, TestPolicies.trusting(TestPki.CA.getCertificate()));
		}
	}

	@Test
	void doesNotReadWhilePaused() throws Exception {
		CompletableFuture<Long> written = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			long total = 0;
			socket.setSendBufferSize(65536);
			OutputStream out = socket.getOutputStream();
			for (; total < BULK * 4L; total += PATTERN.length) {
				out.write(PATTERN);
			}
			written.complete(total);
		})) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			link.onConnected(() -> link.transport().pauseReading());
			link.connect();
			TestLink.await(link.connected);
			assertThat(written).isNotDone();
			assertThat(link.receivedBytes()).isZero();
			link.run(() -> link.transport().resumeReading());
			link.awaitBytes(BULK * 4);
			assertThat(TestLink.await(written)).isEqualTo(BULK * 4L);
			link.run(() -> link.transport().close());
		}
	}

	@Test
	void tellsTruncatedTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> truncate(socket))) {
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Host("localhost", peer.port()));
			link.connect();
			assertThat(link.awaitText(4)).isEqualTo("part");
			assertThat(TestLink.await(link.closed).message()).contains("without close_notify");
		}
	}

	@Test
	void tellsOrderlyEndOfTls() throws Exception {
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"),
				(socket) -> socket.getOutputStream().write("all".getBytes(StandardCharsets.US_ASCII)))) {
			TestLink link = client(TestPolicies.client(TestPolicies.trusting(TestPki.CA.getCertificate())),
					new Address.Host("localhost", peer.port()));
			link.connect();
			assertThat(link.awaitText(3)).isEqualTo("all");
			assertThat(TestLink.await(link.closed).message()).isEqualTo("the peer closed the connection");
		}
	}

	@Test
	void drainSendsWhatIsPendingThenCompletes() throws Exception {
		Server server = Server.bind(TestPolicies.server("127.0.0.1"), (link) -> {
			int[] left = { BULK };
			link.onWritable((capacity) -> bulkSlot(link, left, capacity));
			link.onConnected(() -> {
				link.transport().requestWrite();
				link.transport().drain();
			});
		});
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			// Unread input must not turn the end into a reset
			socket.getOutputStream().write(PATTERN, 0, 100);
			MessageDigest digest = sha();
			long total = digest(socket.getInputStream(), digest, Long.MAX_VALUE);
			assertThat(total).isEqualTo(BULK);
			assertThat(digest.digest()).isEqualTo(expectedDigest());
			TestLink link = TestLink.await(server.accepted);
			TestLink.await(link.completed);
			assertThat(link.closed).isNotDone();
		}
		server.close();
	}

	@Test
	void hangsUpOnSilentPeer() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (JdkPeer peer = JdkPeer.tcp((socket) -> end.await())) {
			TestLink link = client(TestPolicies.client(TestPolicies.hangup(Duration.ofMillis(50))),
					new Address.Host("127.0.0.1", peer.port()));
			link.connect();
			assertThat(TestLink.await(link.closed).phase()).isEqualTo(Phase.VALIDITY);
			end.countDown();
		}
	}

	@Test
	void connectsAgainAfterTheEnd() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getInputStream().read())) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			for (int i = 1; i <= 3; i++) {
				link.run(() -> {
					link.transport().connect();
					link.transport().close();
					link.transport().connect();
					link.transport().requestWrite();
				});
				TestLink.await(link.connected);
				link.run(() -> link.transport().close());
			}
			assertThat(link.closed).isNotDone();
		}
	}

	private static void overUnixSocket(String endpoint, Address address, String name) throws Exception {
		Server server = Server.bind(TestPolicies.server(endpoint));
		TestLink link = client(TestPolicies.client(), address);
		sayHello(link);
		link.connect();
		assertThat(link.awaitText(5)).isEqualTo("hello");
		assertThat(TestLink.await(link.connected)).isEqualTo(name);
		TestLink accepted = TestLink.await(server.accepted);
		assertThat(TestLink.await(accepted.connected)).isEqualTo(name);
		link.run(() -> link.transport().close());
		TestLink.await(accepted.closed);
		server.close();
	}

	private static void bulk(JdkPeer peer, TlsPolicy tls) throws Exception {
		TestLink link = client(TestPolicies.client(tls), new Address.Host("localhost", peer.port()));
		int[] left = { BULK };
		int[] got = { 0 };
		MessageDigest digest = sha();
		CompletableFuture<Void> done = new CompletableFuture<>();
		link.onWritable((capacity) -> bulkSlot(link, left, capacity));
		link.onReceive((bytes) -> {
			digest.update(bytes.nioBuffer());
			int before = got[0];
			got[0] += bytes.readableBytes();
			// Every 100 kB a pause that ends from elsewhere
			if (before / 100_000 != got[0] / 100_000) {
				link.transport().pauseReading();
				link.executor().schedule(() -> link.transport().resumeReading(), 1);
			}
			if (got[0] >= BULK) {
				done.complete(null);
			}
		});
		link.connect().run(() -> link.transport().requestWrite());
		TestLink.await(done);
		assertThat(got[0]).isEqualTo(BULK);
		assertThat(digest.digest()).isEqualTo(expectedDigest());
		link.run(() -> link.transport().close());
	}

	private static @Nullable ByteBuf bulkSlot(TestLink link, int[] left, int capacity) {
		int size = Math.min(capacity, left[0]);
		if (size == 0) {
			return null;
		}
		int offset = (BULK - left[0]) % PATTERN.length;
		size = Math.min(size, PATTERN.length - offset);
		left[0] -= size;
		if (left[0] > 0) {
			link.transport().requestWrite();
		}
		return ByteBufAllocator.DEFAULT.buffer(size).writeBytes(PATTERN, offset, size);
	}

	/** Ends TCP in the middle of a TLS connection. */
	private static void truncate(Socket socket) throws IOException {
		javax.net.ssl.SSLSocket tls = (javax.net.ssl.SSLSocket) TestPki.jdkContext(TestPki.server("localhost"))
			.getSocketFactory()
			.createSocket(socket, null, socket.getPort(), false);
		tls.setUseClientMode(false);
		tls.getOutputStream().write("part".getBytes(StandardCharsets.US_ASCII));
		tls.getOutputStream().flush();
		socket.shutdownOutput();
		socket.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	private static void sayHello(TestLink link) {
		link.onWritable((capacity) -> Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
		link.onConnected(() -> link.transport().requestWrite());
	}

	private static TestLink client(StreamPolicy policy, Address address) {
		TestLink link = new TestLink(runtime.loops().next(), policy, address, null);
		return link.transport(factory.client(link));
	}

	private static String chat(Socket socket, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
		socket.getOutputStream().write(bytes);
		socket.getOutputStream().flush();
		return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.US_ASCII);
	}

	private static long digest(InputStream in, MessageDigest digest, long most) throws IOException {
		byte[] buffer = new byte[65536];
		long total = 0;
		int count;
		while (total < most && (count = in.read(buffer)) >= 0) {
			digest.update(buffer, 0, count);
			total += count;
		}
		return total;
	}

	private static byte[] expectedDigest() {
		MessageDigest digest = sha();
		for (int left = BULK; left > 0; left -= PATTERN.length) {
			digest.update(PATTERN, 0, Math.min(left, PATTERN.length));
		}
		return digest.digest();
	}

	private static MessageDigest sha() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] pattern() {
		byte[] pattern = new byte[1024 * 1024];
		new Random(7).nextBytes(pattern);
		return pattern;
	}

	/**
	 * A listener of ours whose streams echo unless told otherwise.
	 */
	private record Server(BoundListener listener, CompletableFuture<TestLink> accepted) {

		static Server bind(StreamPolicy policy) {
			return bind(policy, TestLink::echo);
		}

		static Server bind(StreamPolicy policy, java.util.function.Consumer<TestLink> setup) {
			CompletableFuture<TestLink> accepted = new CompletableFuture<>();
			BoundListener listener = TestLink.await(factory.listen(policy, (executor, transport, peer) -> {
				assertThat(((EventLoopExecutor) executor).inContext()).isTrue();
				TestLink link = new TestLink(executor, policy, new Address.Host("", 0), null).transport(transport);
				setup.accept(link);
				accepted.complete(link);
				return link;
			}).toCompletableFuture());
			return new Server(listener, accepted);
		}

		int port() {
			return ((InetSocketAddress) this.listener.address()).getPort();
		}

		void close() {
			TestLink.await(this.listener.close().toCompletableFuture());
		}

	}

}
