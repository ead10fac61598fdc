package io.securestreams.transport.http1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.netty.buffer.Unpooled;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers against clients that are odd, broken or hostile.
 */
class Http1ServerWireTests {

	private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

	private static final String LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

	private @Nullable HttpServerFixture fixture;

	@AfterEach
	void stop() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	private HttpServerFixture serve(Consumer<HttpLink> transaction) {
		return serve(HttpServerLimits.DEFAULTS, transaction);
	}

	private HttpServerFixture serve(HttpServerLimits settings, Consumer<HttpLink> transaction) {
		HttpServerFixture started = new HttpServerFixture(
				TestHttpPolicy.server().metadata("path", "").metadata("method", "").metadata("tag", "x-tag:"), settings,
				(link) -> link.onTransaction = transaction);
		this.fixture = started;
		return started;
	}

	/** Echoes the path. */
	private static void echoPath(HttpLink link) {
		link.accepted().acknowledge(200);
		link.send(String.valueOf(link.metadata.get("path")), true);
	}

	private static String body(String response) {
		return response.substring(response.indexOf("\r\n\r\n") + 4);
	}

	@Test
	void requestsThatResembleTheOneBeforeAreToldApart() throws Exception {
		HttpServerFixture server = serve((link) -> {
			link.accepted().acknowledge(200);
			link.send(link.metadata.get("method") + " " + link.metadata.get("path"), true);
		});
		String host = " HTTP/1.1\r\nHost: a\r\n";
		String response = server.talk("GET /a" + host + "\r\n" + "GET /a" + host + "\r\n" + "GET /a/./" + host + "\r\n"
				+ "GET /%61/" + host + "\r\n" + "PUT /a/" + host + "Content-Length: 2\r\n\r\nxx" + "PUT /a/" + host
				+ "\r\n" + "PUT /b/" + host + "\r\n" + "PUT /b/" + host + "Connection: close\r\n\r\n");
		assertThat(Pattern.compile("(?:GET|PUT) /[ab]/?").matcher(response).results().map(MatchResult::group))
			.containsExactly("GET /a", "GET /a", "GET /a/", "GET /a/", "PUT /a/", "PUT /a/", "PUT /b/", "PUT /b/");
		assertThat(response).as("the last").contains("connection: close\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /\r\nHost: a\r\n\r\n",
			"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n",
			"GET / HTTP/1.10\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", " / HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET x HTTP/1.1\r\nHost: a\r\n\r\n", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET /\u0080 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /# HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
			"GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\rHost: a\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
			"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nA: \0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: c\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 \u000b\r\n\r\nabc",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
			"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" })
	void ambiguousAndMalformedRequestsAreRefused(String request) throws Exception {
		HttpServerFixture server = serve(Http1ServerWireTests::echoPath);
		String response = server.talk(request + GET);
		assertThat(response).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n");
		assertThat(response.split("HTTP/1.1 ")).as("answers").hasSize(2);
		assertThat(server.links).as("streams").isEmpty();
		String afterwards = server.talk(GET + request);
		assertThat(afterwards).startsWith("HTTP/1.1 200 OK\r\n").contains("HTTP/1.1 400 Bad Request\r\n");
		server.link(0).completed.get(20, TimeUnit.SECONDS);
		assertThat(server.links).as("streams").hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n,505", "CONNECT a:80 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n,501",
			"POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n,501",
			"'POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n',501",
			"POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n,501",
			"GET / HTTP/1.1\\r\\nHost: a\\r\\nExpect: tea\\r\\n\\r\\n,417" })
	void whatIsNotSupportedHasItsOwnStatus(String request, int status) throws Exception {
		HttpServerFixture server = serve(Http1ServerWireTests::echoPath);
		assertThat(server.talk(request.replace("\\r\\n", "\r\n"))).startsWith("HTTP/1.1 " + status + " ");
	}

	@Test
	void limitsOfHeads() throws Exception {
		HttpServerFixture server = serve(Http1ServerWireTests::echoPath);
		assertThat(server.talk("GET /" + "x".repeat(8200) + " HTTP/1.1\r\n")).startsWith("HTTP/1.1 414 ");
		assertThat(server.talk("GET / HTTP/1.1\r\nA: " + "x".repeat(33_000))).startsWith("HTTP/1.1 431 ");
		assertThat(server.talk("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(201) + "\r\n")).startsWith("HTTP/1.1 431 ");
		assertThat(server.talk("GET /" + "x".repeat(8000) + " HTTP/1.1\r\nHost: a\r\nA: " + "x".repeat(24_000)
				+ "\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x\r\n", "5 5\r\nhello\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n", "0\r\nA: \0\r\n",
			"10000000000000000\r\n", "1;a\rb\r\n" })
	void malformedChunksAreRefused(String chunks) throws Exception {
		HttpServerFixture server = serve((link) -> {
		});
		assertThat(server.talk("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + GET))
			.startsWith("HTTP/1.1 400 ");
		assertThat(server.link(0).events()).doesNotContain("end");
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrder() throws Exception {
		HttpServerFixture server = serve((link) -> link.executor().schedule(() -> echoPath(link), 1));
		StringBuilder requests = new StringBuilder();
		StringBuilder expected = new StringBuilder();
		for (int i = 0; i < 50; i++) {
			requests.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy");
			expected.append('/').append(i);
		}
		String responses = server.talk(requests + LAST);
		StringBuilder bodies = new StringBuilder();
		for (String response : responses.substring(9).split("HTTP/1.1 ")) {
			bodies.append(body(response));
		}
		assertThat(bodies).hasToString(expected + "/last");
		assertThat(server.links).hasSize(51).allSatisfy((link) -> link.completed.get(20, TimeUnit.SECONDS));
		assertThat(server.links.subList(0, 50)).allSatisfy((link) -> assertThat(link.text()).isEqualTo("xy"));
	}

	@Test
	void theNextRequestWaitsForTheEndOfTheResponse() throws Exception {
		HttpServerFixture server = serve((link) -> {
		});
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write((GET + LAST).getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 1 && server.link(0).events().size() == 2);
			HttpLink link = server.link(0);
			link.run(() -> echoPath(link));
			Awaitility.await().until(() -> server.links.size() == 2 && server.link(1).events().size() == 2);
			assertThat(link.events()).endsWith("completed");
			HttpLink next = server.link(1);
			assertThat(next.metadata.get("path")).isEqualTo("/last");
			next.run(() -> echoPath(next));
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.containsSubsequence("\r\n\r\n/HTTP/1.1 200", "\r\n\r\n/last");
		}
	}

	@Test
	void oldClients() throws Exception {
		HttpServerFixture server = serve((link) -> {
			link.accepted().acknowledge(200);
			if (String.valueOf(link.metadata.get("path")).equals("/stream")) {
				link.sendMore("a").sendMore("b").sendLast();
			}
			else {
				link.send("hello", true);
			}
		});
		assertThat(server.talk("GET / HTTP/1.0\r\n\r\n")).contains("content-length: 5\r\n", "connection: close\r\n")
			.endsWith("\r\n\r\nhello");
		assertThat(server.talk("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
			.doesNotContain("transfer-encoding", "content-length")
			.endsWith("\r\n\r\nab");
		try (Socket socket = server.connect()) {
			for (int i = 0; i < 2; i++) {
				socket.getOutputStream()
					.write("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				assertThat(HttpServerFixture.response(socket.getInputStream())).contains("connection: keep-alive\r\n");
			}
		}
	}

	@Test
	void otherFormsOfTarget() throws Exception {
		HttpServerFixture server = serve(Http1ServerWireTests::echoPath);
		String end = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
		assertThat(server.talk("GET http://b:1/c?d" + end)).endsWith("\r\n\r\n/c");
		assertThat(server.talk("GET HTTPS://b" + end)).endsWith("\r\n\r\n/");
		assertThat(server.talk("GET http://b?x" + end)).endsWith("\r\n\r\n/");
		assertThat(server.talk("GET http://b/c/../d/%2e?/../x" + end)).endsWith("\r\n\r\n/d/");
		assertThat(server.talk("OPTIONS *" + end)).endsWith("\r\n\r\n*");
		assertThat(server.talk("\r\nGET /x" + end)).endsWith("\r\n\r\n/x");
	}

	@Test
	void responsesCannotBeSplit() throws Exception {
		HttpServerFixture server = serve((link) -> {
			link.metadata.set("tag", "a\r\nx-evil: 1\r\n\r\nevil");
			link.accepted().acknowledge(200);
			link.send("hello", true);
		});
		assertThat(server.talk(GET)).doesNotContain("evil");
		assertThat(server.link(0).closed.get(20, TimeUnit.SECONDS).phase()).isEqualTo(Phase.HANDLER);
	}

	@Test
	void receivedHeadersAreNotSentBack() throws Exception {
		HttpServerFixture server = serve(Http1ServerWireTests::echoPath);
		assertThat(server.talk("GET / HTTP/1.1\r\nHost: a\r\nX-Tag: t\r\nConnection: close\r\n\r\n"))
			.doesNotContain("x-tag");
		assertThat(server.link(0).metadata.get("tag")).isEqualTo("t");
	}

	@Test
	void responsesThatAreNotAsAnnounced() throws Exception {
		HttpServerFixture server = serve((link) -> {
			boolean longer = String.valueOf(link.metadata.get("path")).equals("/long");
			link.onWritable = (capacity) -> link.put(Unpooled.wrappedBuffer(new byte[longer ? 11 : 9]), true);
			link.accepted().acknowledge(200);
			link.request(10);
		});
		assertThat(server.talk("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 500 ");
		assertThat(server.link(0).closed.get(20, TimeUnit.SECONDS).message()).contains("longer than announced");
		assertThat(server.talk("GET /short HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 500 ");
		assertThat(server.link(1).closed.get(20, TimeUnit.SECONDS).message()).contains("shorter than announced");
	}

	/** Who is slower than the limit with its first bytes, too, gets no answer. */
	@Test
	void slowHeadsRunIntoATimeLimit() throws Exception {
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofMillis(100),
				Duration.ofSeconds(20), Duration.ofSeconds(20)), (link) -> {
				});
		assertThat(server.talk("")).isEmpty();
		Awaitility.await().ignoreExceptions().until(() -> server.talk("GET / HT").startsWith("HTTP/1.1 408 "));
		assertThat(server.links).isEmpty();
	}

	@Test
	void slowBodiesRunIntoATimeLimit() throws Exception {
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
				Duration.ofMillis(100), Duration.ofSeconds(20)), (link) -> {
				});
		assertThat(server.talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"))
			.startsWith("HTTP/1.1 408 ");
		assertThat(server.links).as("streams").hasSize(1);
		assertThat(server.link(0).closed.get(20, TimeUnit.SECONDS).phase()).isEqualTo(Phase.CONNECTION);
	}

	@Test
	void idleConnectionsAreClosed() throws Exception {
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
				Duration.ofSeconds(20), Duration.ofMillis(100)), Http1ServerWireTests::echoPath);
		assertThat(server.talk(GET)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n/");
		assertThat(server.links).as("streams").hasSize(1);
		server.link(0).completed.get(20, TimeUnit.SECONDS);
	}

	@Test
	void aTrickleDoesNotMoveTheDeadlineOfAHead() throws Exception {
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofMillis(200),
				Duration.ofSeconds(20), Duration.ofSeconds(20)), (link) -> {
				});
		// Without an answer where the first byte was too late
		Awaitility.await().ignoreExceptions().until(() -> trickle(server).startsWith("HTTP/1.1 408 "));
	}

	/** Sends byte by byte until there is an answer. */
	private static String trickle(HttpServerFixture server) throws IOException {
		try (Socket socket = server.connect()) {
			InputStream in = socket.getInputStream();
			for (int i = 0; i < 1000 && in.available() == 0; i++) {
				socket.getOutputStream().write('G');
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
			}
			assertThat(in.available()).as("bytes of an answer").isPositive();
			return HttpServerFixture.response(in);
		}
	}

	@Test
	void aResponseArrivesAlthoughTheRequestGoesOn() throws Exception {
		HttpServerFixture server = serve((link) -> link.accepted().answer(403));
		try (Socket socket = server.connect()) {
			Thread sender = new Thread(() -> {
				try {
					socket.getOutputStream()
						.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"
							.getBytes(StandardCharsets.US_ASCII));
					byte[] block = new byte[65536];
					for (int i = 0; i < 100_000_000 / block.length; i++) {
						socket.getOutputStream().write(block);
					}
				}
				catch (IOException ex) {
					// The server has had enough
				}
			});
			sender.start();
			assertThat(HttpServerFixture.response(socket.getInputStream())).startsWith("HTTP/1.1 403 ");
			sender.join();
		}
		server.link(0).completed.get(20, TimeUnit.SECONDS);
	}

	@Test
	void shortUnwantedBodiesDoNotCostTheConnection() throws Exception {
		HttpServerFixture server = serve((link) -> {
			if (String.valueOf(link.metadata.get("method")).equals("POST")) {
				link.accepted().answer(403);
			}
			else {
				echoPath(link);
			}
		});
		String responses = server
			.talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000) + LAST);
		assertThat(responses).startsWith("HTTP/1.1 403 ").endsWith("\r\n\r\n/last");
		assertThat(server.link(0).bytes()).isEmpty();
	}

	@Test
	void continueIsSentOnceTheStreamReads() throws Exception {
		HttpServerFixture server = serve((link) -> link.transport().pauseReading());
		try (Socket socket = server.connect()) {
			socket.getOutputStream()
				.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 1 && server.link(0).events().size() == 2);
			HttpLink link = server.link(0);
			link.run(() -> assertThat(available(socket)).isZero());
			link.run(() -> link.transport().resumeReading());
			assertThat(HttpServerFixture.response(socket.getInputStream())).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
			socket.getOutputStream().write("ok".getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> link.events().contains("end"));
			link.run(() -> link.accepted().answer(200));
			assertThat(HttpServerFixture.response(socket.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
		}
	}

	private static int available(Socket socket) {
		try {
			return socket.getInputStream().available();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void drainingEndsWithTheResponseInFlight() throws Exception {
		HttpServerFixture server = serve((link) -> {
			if (String.valueOf(link.metadata.get("path")).equals("/idle")) {
				echoPath(link);
			}
		});
		try (Socket idle = server.connect(); Socket busy = server.connect()) {
			idle.getOutputStream().write(GET.replace("/ ", "/idle ").getBytes(StandardCharsets.US_ASCII));
			assertThat(HttpServerFixture.response(idle.getInputStream())).doesNotContain("connection: close");
			busy.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 2 && server.link(1).events().size() == 2);
			server.stopListening();
			HttpLink active = server.link(1);
			active.run(() -> echoPath(active));
			assertThat(new String(busy.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.contains("connection: close\r\n")
				.endsWith("\r\n\r\n/");
			assertThat(idle.getInputStream().read()).isEqualTo(-1);
			for (HttpLink link : server.links) {
				link.completed.get(20, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void clientsThatGoAway() throws Exception {
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
				Duration.ofMillis(100), Duration.ofSeconds(20)), (link) -> {
				});
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 1 && server.link(0).events().size() == 2);
		}
		assertThat(server.link(0).closed.get(20, TimeUnit.SECONDS).phase()).isEqualTo(Phase.CONNECTION);
		try (Socket socket = server.connect()) {
			socket.getOutputStream()
				.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
					.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 2 && server.link(1).events().size() >= 3);
		}
		assertThat(server.link(1).closed.get(20, TimeUnit.SECONDS).phase()).isEqualTo(Phase.CONNECTION);
		assertThat(server.link(1).events()).doesNotContain("end");
	}

	@Test
	void clientsThatAreGoneAreNoticedAtOnce() throws Exception {
		HttpServerFixture server = serve((link) -> {
		});
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> server.links.size() == 1 && server.link(0).events().size() == 2);
		}
		// Long before the time for bodies is over
		assertThat(server.link(0).closed.get(10, TimeUnit.SECONDS).phase()).isEqualTo(Phase.CONNECTION);
	}

	@Test
	void clientsThatWaitForALateAnswerGetItWhole() throws Exception {
		HttpServerFixture server = serve((link) -> link.executor().schedule(() -> echoPath(link), 300));
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write((GET + GET).getBytes(StandardCharsets.US_ASCII));
			socket.shutdownOutput();
			String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(answers.replaceAll("date: .*\r\n", "")).isEqualTo(
					"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n/HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n/");
		}
		assertThat(server.links).hasSize(2).allSatisfy((link) -> link.completed.get(20, TimeUnit.SECONDS));
	}

	@Test
	void clientsThatEndTheirSideAreAnswered() throws Exception {
		String large = "x".repeat(3_000_000);
		HttpServerFixture server = serve((link) -> link.executor().schedule(() -> {
			link.accepted().acknowledge(200);
			link.send(String.valueOf(link.metadata.get("path")).equals("/large") ? large
					: String.valueOf(link.metadata.get("path")), true);
		}, 10));
		String second = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write((GET + second).getBytes(StandardCharsets.US_ASCII));
			socket.shutdownOutput();
			String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(answers).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\n\r\n/HTTP/1.1 200 OK\r\n");
			assertThat(answers.endsWith("\r\n\r\n" + large)).isTrue();
		}
		assertThat(server.links).hasSize(2).allSatisfy((link) -> link.completed.get(20, TimeUnit.SECONDS));
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write((GET + "GET /cut HT").getBytes(StandardCharsets.US_ASCII));
			socket.shutdownOutput();
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.endsWith("\r\n\r\n/");
		}
		server.link(2).completed.get(20, TimeUnit.SECONDS);
	}

	@Test
	void closingAfterTheLastWriteLosesNothing() throws Exception {
		byte[] block = new byte[16 * 1024];
		int[] left = { 200 };
		HttpServerFixture server = serve((link) -> {
			link.onWritable = (capacity) -> {
				link.put(Unpooled.wrappedBuffer(block), --left[0] == 0);
				if (left[0] == 0) {
					link.executor().execute(() -> link.transport().close());
				}
			};
			link.accepted().acknowledge(200);
			link.request(200L * block.length);
		});
		assertThat(body(server.talk(LAST))).hasSize(200 * block.length);
	}

	@Test
	void peersThatDoNotReadStopTheApplication() throws Exception {
		int[] slots = { 0 };
		HttpServerFixture server = serve(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
				Duration.ofMillis(200), Duration.ofSeconds(20)), (link) -> {
					link.onWritable = (capacity) -> {
						slots[0]++;
						link.put(Unpooled.wrappedBuffer(new byte[capacity]), false);
					};
					link.accepted().acknowledge(200);
					link.request(-1);
				});
		try (Socket socket = server.connect()) {
			socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
			Awaitility.await().until(() -> !server.links.isEmpty());
			assertThat(server.link(0).closed.get(20, TimeUnit.SECONDS).message()).contains("has not read");
		}
		assertThat(slots[0]).isLessThan(2000);
	}

	@Test
	void overTls() throws Exception {
		this.fixture = new HttpServerFixture(
				TestHttpPolicy.server().metadata("path", "").tls(TestPolicies.serving(TestPki.server("localhost"))),
				HttpServerLimits.DEFAULTS, (link) -> link.onTransaction = Http1ServerWireTests::echoPath);
		try (Socket socket = TestPki.jdkContext(null)
			.getSocketFactory()
			.createSocket("localhost", this.fixture.port())) {
			socket.getOutputStream()
				.write(("GET /x HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			String responses = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(responses).contains("\r\n\r\n/xHTTP/1.1 400 ");
		}
		this.fixture.link(0).completed.get(20, TimeUnit.SECONDS);
		try (Socket plain = this.fixture.connect()) {
			plain.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
			plain.getInputStream().readAllBytes();
		}
		assertThat(this.fixture.links).as("streams").hasSize(1);
	}

}
