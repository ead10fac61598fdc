package io.securestreams.proxy.server;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.wire.LengthHint;
import io.securestreams.proxy.wire.OnwardConnect;
import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The link is slow: the first of a body is still on its way to the proxy when the request
 * that it is for has ended.
 */
@Timeout(60)
class LateBodyTests {

	private static final int TX_PAYLOAD = 0xad;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	/** The client has begun to send a body, which nobody has got. */
	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch passed = new CountDownLatch(1);

	private ServerSocket peer;

	private ServerSocket relay;

	private SecureStreams engine;

	private ProxyServer server;

	private SecureStreams client;

	@BeforeEach
	void start() throws Exception {
		this.peer = listen();
		this.relay = listen();
		this.engine = SecureStreams.builder()
			.policy(PolicyJson.read("""
					{ "retry": [ { "quick": { "backoff": [ 20 ], "conceal": 9, "jitterpc": 1 } } ], "s": [
					  { "put": { "endpoint": "127.0.0.1", "port": $port, "protocol": "h1", "http_method": "PUT",
					    "http_url": "x", "retry": "quick", "opportunistic": true } },
					  { "post": { "endpoint": "127.0.0.1", "port": $port, "protocol": "h1", "http_method": "POST",
					    "http_url": "x", "retry": "quick", "opportunistic": true } } ] }
					""".replace("$port", String.valueOf(this.peer.getLocalPort())), "test").policy())
			.eventLoopThreads(1)
			.build();
		this.server = this.engine.serveProxy(
				ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse("tcp:127.0.0.1:0"))).build());
		ProxyAddress.Tcp proxy = (ProxyAddress.Tcp) this.server.addresses().get(0);
		this.client = SecureStreams.builder()
			.proxy(ProxyClientSettings.of(ProxyAddress.parse("tcp:127.0.0.1:" + this.relay.getLocalPort())))
			.eventLoopThreads(1)
			.build();
		this.threads.execute(() -> relay(proxy.port()));
	}

	@AfterEach
	void stop() throws IOException {
		this.passed.countDown();
		this.client.close();
		this.engine.close();
		this.relay.close();
		this.peer.close();
		this.threads.shutdownNow();
	}

	private static ServerSocket listen() throws IOException {
		ServerSocket socket = new ServerSocket();
		socket.setReceiveBufferSize(16 * 1024);
		socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		socket.setSoTimeout(20_000);
		return socket;
	}

	private void relay(int port) {
		try (Socket near = this.relay.accept(); Socket far = new Socket(InetAddress.getLoopbackAddress(), port)) {
			near.setTcpNoDelay(true);
			far.setTcpNoDelay(true);
			this.threads.execute(() -> {
				try {
					far.getInputStream().transferTo(near.getOutputStream());
				}
				catch (IOException ex) {
					// The test is over
				}
			});
			DataInputStream in = new DataInputStream(near.getInputStream());
			OutputStream out = far.getOutputStream();
			while (true) {
				int type = in.readUnsignedByte();
				int length = in.readUnsignedShort();
				byte[] frame = new byte[3 + length];
				frame[0] = (byte) type;
				frame[1] = (byte) (length >> 8);
				frame[2] = (byte) length;
				in.readFully(frame, 3, length);
				if (type == TX_PAYLOAD) {
					this.begun.countDown();
					this.passed.await();
				}
				out.write(frame);
			}
		}
		catch (IOException | InterruptedException ex) {
			// The test is over
		}
	}

	@Test
	void theNextAttemptHasNothingOfIt() throws Exception {
		// More than the sockets on the way hold
		byte[] body = random(12 * 1024 * 1024);
		SecureStream stream = this.client.create("put", new StreamHandler() {
		});
		CompletableFuture<Long> sent = stream.send(body).toCompletableFuture();
		try (Socket first = this.peer.accept()) {
			head(first);
			this.begun.await();
			first.setSoLinger(true, 0);
		}
		try (Socket second = this.peer.accept()) {
			assertThat(head(second)).contains("content-length: " + body.length);
			this.passed.countDown();
			assertThat(body(second, body.length)).isEqualTo(body);
			answer(second, "200 OK");
			sent.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void itStartsNoRequestByItself() throws Exception {
		byte[] second = random(5000);
		SecureStream stream = this.client.create("post", new StreamHandler() {
		});
		CompletableFuture<Long> refused = stream.send(random(300_000)).toCompletableFuture();
		try (Socket socket = this.peer.accept()) {
			head(socket);
			this.begun.await();
			answer(socket, "413 Content Too Large");
			refused.get(20, TimeUnit.SECONDS);
		}
		CompletableFuture<Long> sent = stream.send(second).toCompletableFuture();
		this.passed.countDown();
		try (Socket socket = this.peer.accept()) {
			assertThat(head(socket)).contains("content-length: " + second.length);
			assertThat(body(socket, second.length)).isEqualTo(second);
			answer(socket, "200 OK");
			sent.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void noClientStartsARequestWithIt() throws Exception {
		try (LinkClient other = LinkClient.to(this.server)) {
			other.ask("post").send(new LengthHint(4), OnwardConnect.INSTANCE);
			try (Socket socket = this.peer.accept()) {
				head(socket);
				other.until("CONNECTED");
				answer(socket, "413 Content Too Large");
				other.until("DISCONNECTED");
			}
			other.send(LinkClient.payload(PayloadFlag.SOM, new byte[] { 1, 2 }));
			other.send(LinkClient.payload(PayloadFlag.EOM, new byte[] { 3, 4 }));
			other.send(new LengthHint(3), OnwardConnect.INSTANCE);
			try (Socket socket = this.peer.accept()) {
				assertThat(head(socket)).contains("content-length: 3");
				other.until("CONNECTED");
				other.send(LinkClient.message("new"));
				assertThat(body(socket, 3)).asString().isEqualTo("new");
				answer(socket, "200 OK");
				assertThat(other.until("DISCONNECTED")).anyMatch((word) -> word.startsWith("QOS_ACK_REMOTE"));
			}
		}
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private static byte[] body(Socket socket, int length) throws IOException {
		byte[] bytes = new byte[length];
		new DataInputStream(socket.getInputStream()).readFully(bytes);
		return bytes;
	}

	private static void answer(Socket socket, String status) throws IOException {
		socket.getOutputStream()
			.write(("HTTP/1.1 " + status + "\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
	}

	private static String head(Socket socket) throws IOException {
		socket.setSoTimeout(20_000);
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = socket.getInputStream().read();
			if (next < 0) {
				throw new EOFException("after " + head);
			}
			head.append((char) next);
		}
		return head.toString().toLowerCase(Locale.ROOT);
	}

}
