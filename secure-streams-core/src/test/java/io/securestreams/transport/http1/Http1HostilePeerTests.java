package io.securestreams.transport.http1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that never come to an end: they are hung up on before they have sent much, and
 * the next request is served on a new connection.
 */
class Http1HostilePeerTests {

	/** What a limit and the buffers of two sockets may hold; far less than forever. */
	private static final int BOUND = 16 * 1024 * 1024;

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

	private final TestRuntime runtime = TestRuntime.create("nio");

	@AfterEach
	void stop() {
		this.runtime.close();
	}

	static Stream<Case> cases() {
		return Stream.of(new Case("status line", "HTTP/1.1 200 ", "endless ", "start line of more than 512"),
				new Case("header field", "HTTP/1.1 200 OK\r\nX: ", "endless ", "more than 1024 bytes"),
				new Case("small header fields", "HTTP/1.1 200 OK\r\n", "A:b\r\n", "more than 1024 bytes"),
				new Case("interim responses", "", "HTTP/1.1 103 Early Hints\r\n\r\n", "interim responses"),
				new Case("chunk extension", CHUNKED + "1;", "endless ", "chunk extensions"),
				new Case("chunk extensions", CHUNKED, "1;name=value;name=value\r\nx\r\n", "chunk extensions"),
				new Case("chunk size", CHUNKED, "0", "digits"),
				new Case("trailer", CHUNKED + "0\r\n", "A: b\r\n", "trailer of more than 1024"));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void endlessServersAreHungUpOn(Case test) throws Exception {
		HttpClientLimits limits = HttpClientLimits.DEFAULTS.withMessage(HttpMessageLimits.builder()
			.maxLineLength(512)
			.maxHeaderSize(1024)
			.maxHeaders(20)
			.maxChunkExtensions(256)
			.maxParts(1)
			.maxPartHead(64)
			.build());
		CompletableFuture<Long> sent = new CompletableFuture<>();
		JdkPeer.Script script = (socket) -> {
			head(socket.getInputStream());
			if (!sent.isDone()) {
				sent.complete(test.sendForever(socket.getOutputStream()));
				return;
			}
			socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
			socket.getInputStream().read();
		};
		try (JdkPeer peer = JdkPeer.tcp(script)) {
			Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime(), new HttpServices(
					this.runtime.runtime().blobs(), new CookieStore(limits.cookies()), (name) -> null, limits));
			HttpLink link = new HttpLink(this.runtime.loops().next(), TestHttpPolicy.get("/").build());
			link.target(peer.port(), false).transport(factory.client(link));
			StreamFailure failure = link.fails();
			assertThat(failure.phase()).isEqualTo(Phase.PROTOCOL);
			assertThat(failure.message()).contains(test.message);
			assertThat(link.events()).doesNotContain("end", "acknowledged", "rejected");
			assertThat(sent.get(20, TimeUnit.SECONDS)).isLessThan(BOUND);
			assertThat(link.exchange()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("ok");
			assertThat(peer.accepted()).isEqualTo(2);
		}
	}

	private static void head(InputStream in) throws IOException {
		for (int lineEnds = 0; lineEnds < 4;) {
			int next = in.read();
			lineEnds = (next == '\r' || next == '\n') ? lineEnds + 1 : 0;
		}
	}

	/**
	 * A response without end.
	 *
	 * @param name what is endless
	 * @param start how it starts
	 * @param more how it goes on
	 * @param message what the client says
	 */
	record Case(String name, String start, String more, String message) {

		long sendForever(OutputStream out) throws IOException {
			byte[] more = this.more.repeat(512).getBytes(StandardCharsets.US_ASCII);
			long sent = 0;
			out.write(this.start.getBytes(StandardCharsets.US_ASCII));
			try {
				while (sent < 2 * BOUND) {
					out.write(more);
					sent += more.length;
				}
			}
			catch (SocketException ex) {
				// Hung up on
			}
			return sent;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
