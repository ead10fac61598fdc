package io.securestreams.transport.raw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawFlowTests extends RawTestSupport {

	private static final int BULK = 10 * 1024 * 1024;

	private static final byte[] PATTERN = pattern();

	RawFlowTests(String transport) {
		super(transport);
	}

	@Test
	void deliversEverythingBeforeThePeersEnd() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp((socket) -> socket.getOutputStream().write(PATTERN, 0, 300_000))) {
			TestLink link = client(TestPolicies.client(), new Address.Host("127.0.0.1", peer.port()));
			// Everything and the end are on the way before reading begins
			link.onConnected(() -> link.transport().pauseReading());
			link.connect();
			TestLink.await(link.connected);
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
				link.accepted().drain();
			});
		});
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			// Unread input must not turn the end into a reset
			socket.getOutputStream().write(PATTERN, 0, 100);
			MessageDigest digest = sha();
			long total = digest(socket.getInputStream(), digest, Long.MAX_VALUE);
			assertThat(total).isEqualTo(BULK);
			assertThat(digest.digest()).isEqualTo(expectedDigest());
			TestLink link = TestLink.await(server.accepted());
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

}
