package io.securestreams.transport.serving;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

import io.securestreams.SecureStreams;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.stream.factory.StreamServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.connect;
import static io.securestreams.transport.serving.ServingFixture.get;
import static io.securestreams.transport.serving.ServingFixture.last;
import static io.securestreams.transport.serving.ServingFixture.server;
import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What listeners do not put up with, and that everybody else is served meanwhile.
 */
@Timeout(60)
class ServerLimitsTests {

	private static ServingFixture start(UnaryOperator<SecureStreams.Builder> settings) {
		return new ServingFixture("auto", settings, server("pages", 0).build());
	}

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.address()).getPort();
	}

	@Test
	void bodiesThatAreTooLong() throws Exception {
		try (ServingFixture serving = start(
				(builder) -> builder.httpServer(HttpServerLimits.builder().maxBodySize(10).build()))) {
			int port = port(serving.listen("pages"));
			String post = "POST /x HTTP/1.1\r\nHost: a\r\n";
			assertThat(talk(port, post + "Content-Length: 11\r\n\r\n0123456789a" + last("/")))
				.startsWith("HTTP/1.1 413 ")
				.contains("connection: close")
				.doesNotContain("pages");
			assertThat(serving.events).filteredOn((event) -> event.contains("SERVER_TXN")).isEmpty();
			assertThat(talk(port, post + "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n"))
				.startsWith("HTTP/1.1 413 ");
			assertThat(talk(port, post + "Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n3\r\nabc\r\n0\r\n\r\n"))
				.startsWith("HTTP/1.1 413 ");
			Awaitility.await().until(() -> serving.events.contains("pages DESTROYING"));
			assertThat(talk(port, post + "Connection: close\r\nContent-Length: 10\r\n\r\n0123456789"))
				.endsWith("pages /x 0123456789");
			assertThat(talk(port, post
					+ "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n2\r\nab\r\n0\r\n\r\n"))
				.endsWith("pages /x 01234567ab");
		}
	}

	@Test
	void connectionsOfOneAddress() throws Exception {
		try (ServingFixture serving = start((builder) -> builder
			.listener(ListenerLimits.builder().maxConnections(100).maxConnectionsPerAddress(2).backlog(16).build()))) {
			StreamServer server = serving.listen("pages");
			int port = port(server);
			try (Socket one = connect(server); Socket two = connect(server)) {
				one.getOutputStream().write(get("/1").getBytes(StandardCharsets.US_ASCII));
				assertThat(one.getInputStream().read()).isEqualTo('H');
				two.getOutputStream().write(get("/2").getBytes(StandardCharsets.US_ASCII));
				assertThat(two.getInputStream().read()).isEqualTo('H');
				try (Socket three = connect(server)) {
					assertThat(ends(three)).isTrue();
				}
				// Another address is not concerned
				InetSocketAddress local = (InetSocketAddress) server.address();
				try (Socket other = new Socket(local.getAddress(), port, java.net.InetAddress.getByName("127.0.0.9"),
						0)) {
					other.setSoTimeout(20_000);
					other.getOutputStream().write(last("/4").getBytes(StandardCharsets.US_ASCII));
					assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
						.endsWith("pages /4 ");
				}
			}
			Awaitility.await().ignoreExceptions().until(() -> talk(port, last("/5")).endsWith("pages /5 "));
		}
	}

	private static boolean ends(Socket socket) {
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "P", "PRI * HTTP/2.0\r\n\r\nS", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX: " })
	void whoeverDoesNotComeToThePoint(String start) throws Exception {
		HttpServerLimits limits = HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(20),
				Duration.ofSeconds(20));
		try (ServingFixture serving = start((builder) -> builder.httpServer(limits))) {
			int port = port(serving.listen("pages"));
			// Who has been too slow to say anything may get a reset
			Awaitility.await().ignoreExceptions().untilAsserted(() -> {
				String answer = talk(port, start);
				assertThat(answer).matches((text) -> text.isEmpty() || text.startsWith("HTTP/1.1 408 "));
			});
			Awaitility.await().ignoreExceptions().until(() -> talk(port, last("/")).endsWith("pages / "));
		}
	}

	@Test
	void whatIsReadBeforeTheProtocolIsKnownIsNotLost() throws Exception {
		try (ServingFixture serving = start((builder) -> builder)) {
			StreamServer server = serving.listen("pages");
			try (Socket socket = connect(server)) {
				socket.setTcpNoDelay(true);
				for (char character : "PROPFIND /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".toCharArray()) {
					socket.getOutputStream().write(character);
					socket.getOutputStream().flush();
				}
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.endsWith("pages /a ");
			}
		}
	}

	@Test
	void prefaceMeansHttp2() throws Exception {
		try (ServingFixture serving = start((builder) -> builder); Socket socket = connect(serving.listen("pages"))) {
			socket.getOutputStream()
				.write(("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0").getBytes(StandardCharsets.US_ASCII));
			byte[] head = socket.getInputStream().readNBytes(9);
			assertThat(head[3]).as("type of the first frame").isEqualTo((byte) 4);
		}
	}

	@Test
	void traceIsRefused() throws Exception {
		try (ServingFixture serving = start((builder) -> builder)) {
			assertThat(talk(port(serving.listen("pages")),
					"TRACE / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n" + last("/")))
				.startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
				.contains("allow: GET, HEAD, POST", "pages / ")
				.doesNotContain("uthorization");
		}
	}

}
