package io.securestreams.transport.http1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.Unpooled;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients against servers that are odd, broken or hostile.
 */
class Http1ClientWireTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private final TestRuntime runtime = TestRuntime.create("nio");

	private @Nullable JdkPeer peer;

	private HttpClientLimits limits = HttpClientLimits.DEFAULTS;

	@AfterEach
	void stop() throws IOException {
		if (this.peer != null) {
			this.peer.close();
		}
		this.runtime.close();
	}

	private HttpLink link(TestHttpPolicy policy, JdkPeer.Script script) throws IOException {
		this.peer = JdkPeer.tcp(script);
		return link(policy, this.peer.port(), false);
	}

	private HttpLink link(TestHttpPolicy policy, int port, boolean tls) {
		Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime(), new HttpServices(
				this.runtime.runtime().blobs(), new CookieStore(this.limits.cookies()), (name) -> null, this.limits));
		HttpLink link = new HttpLink(this.runtime.loops().next(), policy.build());
		return link.target(port, tls).transport(factory.client(link));
	}

	private int accepted() {
		assertThat(this.peer).isNotNull();
		return this.peer.accepted();
	}

	/** Reads a request without a body. */
	private static String request(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				throw new EOFException();
			}
			head.append((char) next);
		}
		return head.toString();
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().flush();
	}

	/** Answers one request with a text, then closes. */
	private static JdkPeer.Script once(String response) {
		return (socket) -> {
			request(socket.getInputStream());
			send(socket, response);
			socket.shutdownOutput();
			socket.getInputStream().readAllBytes();
		};
	}

	/** Answers every request with a text. */
	private static JdkPeer.Script always(String response) {
		return (socket) -> {
			while (true) {
				request(socket.getInputStream());
				send(socket, response);
			}
		};
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\nX: y\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel" })
	void truncatedResponsesAreNeverComplete(String response) throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), once(response));
		assertThat(link.fails().phase()).isEqualTo(Phase.CONNECTION);
		assertThat(link.text()).isEqualTo("hel");
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "start", "closed CONNECTION");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "HTTP/1.1 200 OK\r\n: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nA b: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
			"HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
			"SSH-2.0-OpenSSH\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" })
	void malformedHeadsFailTheAttempt(String response) throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), once(response));
		assertThat(link.fails().phase()).isEqualTo(Phase.PROTOCOL);
		assertThat(link.events()).containsExactly("closed PROTOCOL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x\r\n", "\r\n", ";a=b\r\n", "5 x\r\nhello\r\n", "-5\r\nhello\r\n", "0x5\r\nhello\r\n",
			"5\nhello\r\n", "5\r\nhello\n", "5\r\nhelloo\r\n", "FFFFFFFFFFFFFFFF\r\n", "0\r\n\n",
			"0\r\nA: b\nc\r\n\r\n", "5;a=\0\r\nhello\r\n", "5 \r\nhello\r\n", "5\rhello\r\n" })
	void malformedChunksFailTheAttempt(String body) throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"),
				once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body));
		assertThat(link.fails().phase()).isEqualTo(Phase.PROTOCOL);
		assertThat(link.events()).doesNotContain("end", "acknowledged");
	}

	@Test
	void chunksComeWithoutFraming() throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"),
				always("HTTP/1.1 200\r\ntransfer-encoding:\tChunked \r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n"
						+ "00001 ; x\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\nB:\r\n\r\n"));
		for (int i = 0; i < 2; i++) {
			assertThat(link.exchange()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("hello 0123456789");
		}
		assertThat(accepted()).isEqualTo(1);
	}

	@Test
	void extensionsAreBoundInProportionToTheBody() throws Exception {
		String chunks = "1;sig=abcdef\r\nx\r\n".repeat(20_000);
		HttpLink link = link(TestHttpPolicy.get("/"),
				once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"));
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(link.bytes()).hasSize(20_000);
	}

	@Test
	void everyByteOnItsOwn() throws Exception {
		String response = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> {
			socket.setTcpNoDelay(true);
			request(socket.getInputStream());
			for (int i = 0; i < response.length(); i++) {
				send(socket, response.substring(i, i + 1));
			}
			socket.getInputStream().read();
		});
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(link.text()).isEqualTo("abcde");
	}

	@Test
	void limitsOfHeads() throws Exception {
		for (String head : List.of("HTTP/1.1 200 " + "x".repeat(9000) + "\r\n\r\n",
				"HTTP/1.1 200 OK\r\nA: " + "x".repeat(33000) + "\r\n\r\n",
				"HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(201) + "\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x".repeat(300) + "\r\na\r\n0\r\n\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "A: b\r\n".repeat(20_000) + "\r\n",
				"HTTP/1.1 103 Early\r\n\r\n".repeat(17) + OK)) {
			try (JdkPeer odd = JdkPeer.tcp(once(head))) {
				assertThat(link(TestHttpPolicy.get("/"), odd.port(), false).fails().phase()).isEqualTo(Phase.PROTOCOL);
			}
		}
		try (JdkPeer fine = JdkPeer.tcp(once("HTTP/1.1 103 Early\r\nA: b\r\n\r\n".repeat(16) + OK))) {
			assertThat(link(TestHttpPolicy.get("/"), fine.port(), false).exchange()).isEqualTo("completed");
		}
	}

	@Test
	void bodyUntilClose() throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), once("HTTP/1.1 200 OK\r\n\r\nall of it"));
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(link.text()).isEqualTo("all of it");
		assertThat(link.events()).endsWith("end", "acknowledged", "completed");
		link.exchange();
		assertThat(accepted()).isEqualTo(2);
	}

	@Test
	void tlsBodyUntilCloseNeedsCloseNotify() throws Exception {
		TestHttpPolicy policy = TestHttpPolicy.get("/").tls(TestPolicies.trusting(TestPki.CA.getCertificate()));
		AtomicInteger port = new AtomicInteger();
		try (JdkPeer tls = JdkPeer.tls(TestPki.server("localhost"), (socket) -> {
			request(socket.getInputStream());
			send(socket, "HTTP/1.1 200 OK\r\n\r\nall of it");
		}); JdkPeer cutter = JdkPeer.tcp((socket) -> cut(socket, port.get()))) {
			port.set(tls.port());
			HttpLink orderly = link(policy, tls.port(), true);
			assertThat(orderly.exchange()).isEqualTo("completed");
			assertThat(orderly.text()).isEqualTo("all of it");
			HttpLink truncated = link(policy, cutter.port(), true);
			assertThat(truncated.fails().phase()).isEqualTo(Phase.CONNECTION);
			assertThat(truncated.events()).doesNotContain("end", "acknowledged");
		}
	}

	/** Passes TLS records on until the server's close_notify, which it swallows. */
	private static void cut(Socket client, int port) throws IOException {
		try (Socket server = new Socket("127.0.0.1", port)) {
			Thread up = new Thread(() -> {
				try {
					client.getInputStream().transferTo(server.getOutputStream());
				}
				catch (IOException ex) {
					// The end
				}
			});
			up.start();
			InputStream in = server.getInputStream();
			OutputStream out = client.getOutputStream();
			while (true) {
				byte[] header = in.readNBytes(5);
				if (header.length < 5) {
					return;
				}
				int length = ((header[3] & 0xff) << 8) | (header[4] & 0xff);
				byte[] body = in.readNBytes(length);
				if (header[0] == 23 && length <= 40) {
					// An alert in disguise (TLS 1.3), with the padding of the JDK
					return;
				}
				out.write(header);
				out.write(body);
				out.flush();
			}
		}
	}

	@Test
	void tlsConnectionsAreReused() throws Exception {
		this.peer = JdkPeer.tls(TestPki.server("localhost"), always(OK));
		HttpLink link = link(TestHttpPolicy.get("/").tls(TestPolicies.trusting(TestPki.CA.getCertificate())),
				this.peer.port(), true);
		for (int i = 0; i < 20; i++) {
			assertThat(link.exchange()).isEqualTo("completed");
		}
		assertThat(accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok",
			"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", OK + "surplus" })
	void connectionsThatMustNotBeReused(String response) throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), always(response));
		link.exchange();
		link.exchange();
		assertThat(link.text()).isEqualTo("ok");
		assertThat(accepted()).isEqualTo(2);
	}

	@Test
	void oldServersMayKeepTheConnection() throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"),
				always("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok"));
		link.exchange();
		link.exchange();
		assertThat(accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "204 No Content", "304 Not Modified" })
	void statusWithoutBody(String status) throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), always("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\n\r\n"));
		link.exchange();
		link.exchange();
		assertThat(link.events()).hasSize(3);
		assertThat(accepted()).isEqualTo(1);
	}

	/** A server that closes after the first response, without saying so before. */
	private static JdkPeer.Script closingAfter(int connections, CountDownLatch gate) {
		AtomicInteger count = new AtomicInteger();
		return (socket) -> {
			request(socket.getInputStream());
			send(socket, OK);
			if (count.incrementAndGet() <= connections) {
				// Let the next request arrive, and drop it
				request(socket.getInputStream());
				gate.countDown();
				return;
			}
			while (true) {
				request(socket.getInputStream());
				send(socket, OK);
			}
		};
	}

	@Test
	void staleConnectionsAreReplacedUnseen() throws Exception {
		CountDownLatch dropped = new CountDownLatch(1);
		HttpLink link = link(TestHttpPolicy.get("/"), closingAfter(1, dropped));
		link.exchange();
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "start", "end", "acknowledged", "completed");
		assertThat(dropped.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(accepted()).isEqualTo(2);
	}

	@Test
	void staleConnectionsAreNotReplacedForPost() throws Exception {
		HttpLink link = link(TestHttpPolicy.post("/"), closingAfter(1, new CountDownLatch(1)));
		link.exchange();
		StreamFailure failure = link.fails();
		assertThat(failure.phase()).isEqualTo(Phase.CONNECTION);
		assertThat(failure.unsent()).isFalse();
		assertThat(accepted()).isEqualTo(1);
	}

	@Test
	void staleConnectionsAreNotReplacedOncePayloadIsTaken() throws Exception {
		HttpLink link = link(TestHttpPolicy.post("/").method("PUT"), (socket) -> {
			request(socket.getInputStream());
			socket.getInputStream().readNBytes(4);
			send(socket, OK);
			request(socket.getInputStream());
			socket.getInputStream().readNBytes(4);
		});
		link.send("body", true).exchange();
		assertThat(link.send("body", true).fails().phase()).isEqualTo(Phase.CONNECTION);
		assertThat(accepted()).isEqualTo(1);
	}

	@Test
	void freshConnectionsAreNotTriedTwice() throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> request(socket.getInputStream()));
		assertThat(link.fails().phase()).isEqualTo(Phase.CONNECTION);
		assertThat(accepted()).isEqualTo(1);
	}

	@Test
	void dataOnAnUnusedConnectionAnswersNothing() throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		AtomicInteger count = new AtomicInteger();
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> {
			request(socket.getInputStream());
			send(socket, OK);
			if (count.incrementAndGet() == 1) {
				send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
				// The client closes when it has read that
				socket.getInputStream().readAllBytes();
				sent.countDown();
			}
		});
		link.exchange();
		assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
		link.exchange();
		assertThat(link.text()).isEqualTo("ok");
		assertThat(accepted()).isEqualTo(2);
	}

	@Test
	void unusedConnectionsExpire() throws Exception {
		this.limits = HttpClientLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
				Duration.ofMillis(20));
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> {
			request(socket.getInputStream());
			send(socket, OK);
			socket.getInputStream().readAllBytes();
		});
		link.exchange();
		this.peer.awaitServed();
	}

	@Test
	void earlyResponsesEndTheRequest() throws Exception {
		HttpLink link = link(TestHttpPolicy.post("/"), (socket) -> {
			request(socket.getInputStream());
			send(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
			socket.getInputStream().readAllBytes();
		});
		link.onWritable = (capacity) -> link.put(Unpooled.wrappedBuffer(new byte[capacity]), false);
		link.request(1L << 40);
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(link.text()).isEqualTo("no");
		assertThat(link.events()).endsWith("rejected", "completed");
		this.peer.awaitServed();
	}

	@Test
	void bodiesThatAreNotAsAnnounced() throws Exception {
		HttpLink link = link(TestHttpPolicy.post("/"), (socket) -> socket.getInputStream().readAllBytes());
		link.onWritable = (capacity) -> link.put(Unpooled.wrappedBuffer(new byte[11]), true);
		StreamFailure tooLong = link.request(10).fails();
		assertThat(tooLong.phase()).isEqualTo(Phase.HANDLER);
		assertThat(tooLong.message()).contains("longer than announced, by 1");
		assertThat(link.request(12).fails().message()).contains("shorter than announced, by 1");
	}

	@Test
	void slowPeersRunIntoTimeLimits() throws Exception {
		this.limits = HttpClientLimits.DEFAULTS.withTimeouts(Duration.ofMillis(50), Duration.ofSeconds(20),
				Duration.ofSeconds(20));
		try (JdkPeer silent = JdkPeer.tcp((socket) -> socket.getInputStream().readAllBytes());
				JdkPeer head = JdkPeer.tcp((socket) -> {
					send(socket, "HTTP/1.1 200 OK\r\nConten");
					socket.getInputStream().readAllBytes();
				});
				JdkPeer body = JdkPeer.tcp((socket) -> {
					request(socket.getInputStream());
					send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
					socket.getInputStream().readAllBytes();
				})) {
			assertThat(link(TestHttpPolicy.get("/"), silent.port(), false).fails().phase()).isEqualTo(Phase.HANDSHAKE);
			assertThat(link(TestHttpPolicy.get("/"), head.port(), false).fails().phase()).isEqualTo(Phase.HANDSHAKE);
			// A head has any time here: which of the limits it is must not depend on
			// speed
			this.limits = HttpClientLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(50),
					Duration.ofSeconds(20));
			assertThat(link(TestHttpPolicy.get("/"), body.port(), false).fails().phase()).isEqualTo(Phase.CONNECTION);
		}
	}

	@Test
	void noSignOfLife() throws Exception {
		HttpLink link = link(
				TestHttpPolicy.get("/")
					.retry(new RetryPolicy("r", List.of(), 0, 0, Duration.ZERO, Duration.ofMillis(50))),
				(socket) -> socket.getInputStream().readAllBytes());
		assertThat(link.fails().phase()).isEqualTo(Phase.VALIDITY);
	}

	@Test
	void aPausedStreamStopsThePeer() throws Exception {
		AtomicLong written = new AtomicLong();
		int size = 64 * 1024 * 1024;
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> {
			request(socket.getInputStream());
			send(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
			byte[] block = new byte[65536];
			for (int i = 0; i < size / block.length; i++) {
				socket.getOutputStream().write(block);
				written.addAndGet(block.length);
			}
			socket.getInputStream().read();
		});
		long[] received = { 0 };
		CountDownLatch paused = new CountDownLatch(1);
		link.onReceive = (payload, flags) -> {
			received[0] += payload.readableBytes();
			if (paused.getCount() > 0) {
				link.transport().pauseReading();
				paused.countDown();
			}
		};
		link.run(() -> link.client().connect());
		assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();
		// What fits into the sockets' buffers may still move
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> written.get() < size / 2);
		assertThat(written.get()).isLessThan(size / 2);
		link.run(() -> link.transport().resumeReading());
		assertThat(link.end()).isEqualTo("completed");
		assertThat(received[0]).isEqualTo(size);
	}

	@Test
	void closingInTheMiddleClosesTheConnection() throws Exception {
		HttpLink link = link(TestHttpPolicy.get("/"), (socket) -> {
			request(socket.getInputStream());
			send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
			socket.getInputStream().readAllBytes();
		});
		link.onReceive = (payload, flags) -> link.transport().close();
		link.run(() -> link.client().connect());
		this.peer.awaitServed();
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "start");
	}

}
