package io.securestreams.transport.serving;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLSocket;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that are up to no good, on listeners with and without TLS: each is refused,
 * and a connection beside it goes on.
 */
@Timeout(60)
class HostileConnectionTests {

	private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

	private static final TlsPolicy TLS = TestPolicies.serving(TestPki.server("localhost"));

	private final ServingFixture serving = new ServingFixture("auto",
			(builder) -> builder.httpServer(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofMillis(500),
					Duration.ofMillis(500), Duration.ofSeconds(20))),
			ServingFixture.server("plain", 0).endpoint("127.0.0.1", 0).build(),
			ServingFixture.server("tls", 0).endpoint("127.0.0.1", 0).tls(TLS).build());

	@AfterEach
	void stop() {
		this.serving.close();
	}

	private int port(String streamType) {
		return ((InetSocketAddress) this.serving.listen(streamType).address()).getPort();
	}

	private static void serves(Socket socket, String streamType) throws IOException {
		socket.getOutputStream().write(get("/beside").getBytes(StandardCharsets.US_ASCII));
		InputStream in = socket.getInputStream();
		StringBuilder answer = new StringBuilder();
		while (answer.indexOf(streamType + " /beside ") < 0) {
			int next = in.read();
			assertThat(next).as(answer.toString()).isNotNegative();
			answer.append((char) next);
		}
		assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
	}

	private static Socket plain(int port) throws IOException {
		Socket socket = new Socket("127.0.0.1", port);
		socket.setSoTimeout(20_000);
		return socket;
	}

	private static Socket tls(int port) throws IOException {
		SSLSocket socket = (SSLSocket) TestPki.jdkContext(null).getSocketFactory().createSocket("localhost", port);
		socket.setSoTimeout(20_000);
		return socket;
	}

	/** One that is served: it may have to be made anew, having been too slow itself. */
	private static Socket beside(String streamType, int port) {
		return Awaitility.await().ignoreExceptions().until(() -> {
			Socket socket = streamType.equals("tls") ? tls(port) : plain(port);
			serves(socket, streamType);
			return socket;
		}, Objects::nonNull);
	}

	/** What a connection gets for some bytes until its end; resets count as one. */
	private static String talk(Socket socket, String bytes) throws IOException {
		StringBuilder answer = new StringBuilder();
		try (socket) {
			socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
			for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
				answer.append((char) next);
			}
		}
		catch (java.net.SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// Refused without ceremony
		}
		return answer.toString();
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// Content-Length against Transfer-Encoding, and both against themselves
			POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nX: ",
			POST + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
			POST + "Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
			POST + "Content-Length: 1, 44\r\n\r\nx", POST + "Content-Length: -1\r\n\r\n",
			POST + "Content-Length: 99999999999999999999\r\n\r\n", POST + "Content-Length: 1_0\r\n\r\n0123456789",
			POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
			POST + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
			POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
			POST + "Transfer-Encoding: chunked\r\n \r\n\r\n0\r\n\r\n", POST + "Transfer\0-Encoding: chunked\r\n\r\n",
			// Line ends
			"GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
			"GET / HTTP/1.1\nHost: a\n\nGET /smuggled HTTP/1.1\nHost: a\n\n",
			"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n",
			// Chunks
			POST + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\n1;x=\n\r\na\r\n0\r\n\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\n1 \na\r\n0\r\n\r\n",
			POST + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\rb\r\n\r\n",
			// Hosts
			"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
			"GET http://a@b/ HTTP/1.1\r\nHost: \u00e4\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n",
			// Request lines
			"GET /\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
			"G\u00cbT / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
			"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
			// Not HTTP at all, or not all of it
			"\0\0\0\0\0\0\0\0\r\n\r\n", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n",
			"SSH-2.0-x\r\n\r\n", "GET / HT", POST + "Content-Length: 10\r\n\r\nhalf",
			POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhal" })
	void requestsAreRefusedWhileOthersAreServed(String bytes) throws Exception {
		for (String streamType : List.of("plain", "tls")) {
			int port = port(streamType);
			boolean secure = streamType.equals("tls");
			try (Socket beside = beside(streamType, port)) {
				this.serving.events.clear();
				String answer = talk(secure ? tls(port) : plain(port), bytes);
				assertThat(answer).matches((text) -> text.isEmpty() || text.matches("(?s)HTTP/1.1 (4|5)\\d\\d .*"));
				assertThat(answer.split("HTTP/1.1 ")).as(answer).hasSizeLessThanOrEqualTo(2);
				assertThat(answer).doesNotContain("smuggled");
				serves(beside, streamType);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\0", "\u0016\u0003\u0001\u0040\u0000garbage garbage",
			"\u0016\u0003\u0001\u0000\u0005\u0001\0\0\1\0", "\u0015\u0003\u0001\0\2\2\u0028",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" })
	void whatIsNoHandshakeIsRefusedWhileOthersAreServed(String bytes) throws Exception {
		int port = port("tls");
		try (Socket beside = beside("tls", port)) {
			try (Socket hostile = plain(port)) {
				hostile.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
				hostile.shutdownOutput();
				assertThat(talk(hostile, "")).doesNotContain("HTTP/1.1 200");
			}
			serves(beside, "tls");
		}
	}

}
