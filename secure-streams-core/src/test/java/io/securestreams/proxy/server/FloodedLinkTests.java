package io.securestreams.proxy.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.testing.OtherThread;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that sends more than the peer it is connected to takes: it has to wait, and
 * nothing is lost over that.
 */
@Timeout(120)
class FloodedLinkTests {

	private static final int PIECE = 4000;

	private static final int PIECES = 10_000;

	/**
	 * The default {@code proxy_buflen}, what may be overdrawn, and what was read at once.
	 */
	private static final long MOST = 32_768 + 48 * 1024 + 64 * 1024;

	private final AtomicInteger sent = new AtomicInteger();

	@TempDir
	Path directory;

	@Test
	void waitsForAPeerThatDoesNotRead() throws Exception {
		try (ServerSocket peer = deaf();
				SecureStreams engine = SecureStreams.builder().eventLoopThreads(1).policy(PolicyJson.read("""
						{ "s": [ { "deaf": { "endpoint": "127.0.0.1", "port": %d, "protocol": "raw" } } ] }
						""".formatted(peer.getLocalPort()), "test").policy()).build()) {
			ProxyServer proxy = engine.serveProxy(ProxyServerSettings.builder()
				.addresses(List.of(ProxyAddress.parse("unix:" + this.directory.resolve("p"))))
				.build());
			try (LinkClient client = LinkClient.to(proxy).ask("deaf")) {
				client.send(OnwardConnect.INSTANCE).until("CONNECTED");
				CompletableFuture<Void> flood = OtherThread.run(() -> flood(client));
				AtomicInteger before = new AtomicInteger(-1);
				Awaitility.await()
					.atMost(Duration.ofSeconds(60))
					.pollInterval(Duration.ofMillis(300))
					.until(() -> before.getAndSet(this.sent.get()) == this.sent.get());
				assertThat(flood).isNotDone();
				assertThat(queued(proxy)).isLessThanOrEqualTo(MOST);
				assertThat(received(peer.accept(), proxy)).isEqualTo((long) PIECE * PIECES);
				flood.get(60, TimeUnit.SECONDS);
				assertThat(queued(proxy)).isZero();
			}
		}
	}

	/**
	 * A peer whose system keeps little for it: some keep tens of megabytes for one
	 * connection, and then nobody has to wait.
	 */
	private static ServerSocket deaf() throws IOException {
		ServerSocket socket = new ServerSocket();
		socket.setReceiveBufferSize(256 * 1024);
		socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
		return socket;
	}

	private static long queued(ProxyServer proxy) {
		return proxy.links().get(0).queuedBytes();
	}

	private void flood(LinkClient client) {
		try {
			for (int i = 0; i < PIECES; i++) {
				byte[] piece = new byte[PIECE];
				Arrays.fill(piece, (byte) i);
				client.send(LinkClient.payload(0, piece));
				this.sent.incrementAndGet();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Reads what was sent, in order, while the proxy never keeps too much of it. */
	private static long received(Socket socket, ProxyServer proxy) throws IOException {
		try (socket) {
			socket.setSoTimeout(30_000);
			InputStream in = socket.getInputStream();
			byte[] piece = new byte[PIECE];
			long total = 0;
			for (int i = 0; i < PIECES; i++) {
				try {
					total += in.readNBytes(piece, 0, PIECE);
				}
				catch (SocketTimeoutException ex) {
					throw new AssertionError("nothing comes after " + total + " bytes: " + proxy.links(), ex);
				}
				assertThat(piece).containsOnly((byte) i);
				if (i % 100 == 0) {
					assertThat(queued(proxy)).isLessThanOrEqualTo(MOST);
				}
			}
			return total;
		}
	}

}
