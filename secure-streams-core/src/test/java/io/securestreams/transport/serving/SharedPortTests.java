package io.securestreams.transport.serving;

import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.StreamBindException;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.http.TestHttpPolicy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.serving.ServingFixture.connect;
import static io.securestreams.transport.serving.ServingFixture.freePort;
import static io.securestreams.transport.serving.ServingFixture.get;
import static io.securestreams.transport.serving.ServingFixture.last;
import static io.securestreams.transport.serving.ServingFixture.server;
import static io.securestreams.transport.serving.ServingFixture.talk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Several streamtypes on one socket.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class SharedPortTests {

	private final String transport;

	@TempDir
	Path directory;

	SharedPortTests(String transport) {
		this.transport = transport;
	}

	private ServingFixture start(TestHttpPolicy... policies) {
		return new ServingFixture(this.transport,
				List.of(policies).stream().map(TestHttpPolicy::build).toArray(StreamPolicy[]::new));
	}

	@Test
	void requestsFindTheirStreamtype() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port).url("/"), server("api", port).url("/api"))) {
			StreamServer pages = serving.listen("pages");
			StreamServer api = serving.listen("api");
			assertThat(api.address()).isEqualTo(pages.address());
			String answers = talk(port, get("/a") + get("/api/1") + get("/api/2") + get("/apis") + last("/b"));
			assertThat(answers).containsSubsequence("\r\n\r\npages /a ", "\r\n\r\napi /api/1 ", "\r\n\r\napi /api/2 ",
					"\r\n\r\npages /apis ", "\r\n\r\npages /b ");
		}
	}

	@Test
	void everyRequestHasAStreamOfItsOwn() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port).url("/"), server("api", port).url("/api"))) {
			StreamServer pages = serving.listen("pages");
			serving.listen("api");
			try (Socket socket = connect(port)) {
				talk(port, last("/api"));
				assertThat(pages.clients()).as("streams of a connection without request").isEmpty();
				assertThat(serving.events).contains("api SERVER_TXN").doesNotContain("pages SERVER_TXN");
				Awaitility.await().until(() -> serving.events.contains("api DESTROYING"));
				serving.events.clear();
				socket.getOutputStream()
					.write((get("/1") + get("/2") + last("/api/3")).getBytes(StandardCharsets.US_ASCII));
				socket.getInputStream().readAllBytes();
			}
			Awaitility.await().until(() -> serving.events.contains("api DESTROYING"));
			List<String> expected = new ArrayList<>();
			for (String streamType : List.of("pages", "pages", "api")) {
				expected.addAll(states(streamType, StreamState.CREATING, StreamState.CONNECTING, StreamState.CONNECTED,
						StreamState.SERVER_TXN, StreamState.DISCONNECTED, StreamState.DESTROYING));
			}
			assertThat(serving.events).isEqualTo(expected);
		}
	}

	private static List<String> states(String streamType, StreamState... states) {
		return List.of(states).stream().map((state) -> streamType + " " + state).toList();
	}

	@Test
	void pathsNobodyServesAreNotFound() throws Exception {
		try (ServingFixture serving = start(server("api", 0).url("/api"))) {
			StreamServer api = serving.listen("api");
			try (Socket socket = connect(api)) {
				socket.getOutputStream()
					.write(("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
							+ "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/api") + get("/nor") + last("/api/2"))
						.getBytes(StandardCharsets.US_ASCII));
				String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
					.replaceAll("date: .*\r\n", "");
				String notFound = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
				assertThat(answers).startsWith(notFound + notFound + "HTTP/1.1 200 OK\r\n")
					.containsSubsequence("api /api ", notFound, "HTTP/1.1 200 OK\r\n", "api /api/2 ");
			}
			Awaitility.await().until(() -> api.clients().isEmpty());
			assertThat(serving.events).filteredOn((event) -> event.endsWith("CREATING")).hasSize(2);
		}
	}

	@Test
	void bodiesOfRequestsNobodyServesAreNotReadForEver() throws Exception {
		try (ServingFixture serving = start(server("api", 0).url("/api"));
				Socket socket = connect(serving.listen("api"))) {
			socket.getOutputStream()
				.write("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			socket.getOutputStream().write(new byte[100_000]);
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 404 ");
		}
	}

	@Test
	void streamtypesComeAndGo() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port).url("/"), server("api", port).url("/api"))) {
			StreamServer pages = serving.listen("pages");
			StreamServer api = serving.listen("api");
			api.drain(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(talk(port, last("/api"))).contains("pages /api ");
			StreamServer again = serving.listen("api");
			assertThat(talk(port, last("/api"))).contains("api /api ");
			pages.drain(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(talk(port, get("/") + last("/api"))).contains("404").contains("api /api ");
			again.drain(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(port));
			serving.listen("pages").close();
			serving.listen("api");
			assertThat(talk(port, last("/api"))).contains("api /api ");
		}
	}

	@Test
	void whatStartsTogetherServesTogether() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port).url("/"), server("api", port).url("/api"))) {
			ListenerHold hold = serving.streams().holdListeners();
			serving.listen("pages");
			try (Socket first = connect(port); Socket second = connect(port)) {
				first.getOutputStream().write((get("/api/1") + last("/api/2")).getBytes(StandardCharsets.US_ASCII));
				second.getOutputStream().write("GET /api".getBytes(StandardCharsets.US_ASCII));
				serving.listen("api");
				assertThat(serving.events).isEmpty();
				hold.close();
				assertThat(new String(first.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.containsSubsequence("api /api/1 ", "api /api/2 ");
				second.getOutputStream().write(last("").substring(4).getBytes(StandardCharsets.US_ASCII));
				assertThat(new String(second.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.contains("api /api ");
			}
			hold.close();
		}
	}

	@Test
	void whatEndsTogetherRefusesUntilAllOfItIsGone() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("one", port).url("/one"), server("two", port).url("/two"))) {
			StreamServer one = serving.listen("one");
			serving.listen("two");
			ListenerHold hold = serving.streams().holdListeners();
			one.drain(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(talk(port, last("/one"))).startsWith("HTTP/1.1 503 ");
			assertThat(talk(port, last("/two"))).contains("two /two ");
			hold.close();
			assertThat(talk(port, last("/one"))).startsWith("HTTP/1.1 404 ");
		}
	}

	@Test
	void connectionsWithoutStreamEndWithTheListener() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port))) {
			StreamServer pages = serving.listen("pages");
			try (Socket silent = connect(port); Socket started = connect(port); Socket refused = connect(port)) {
				started.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
				assertThat(talk(port, last("/"))).contains("200 OK");
				pages.close();
				assertThat(silent.getInputStream().read()).isEqualTo(-1);
				assertThat(started.getInputStream().read()).isEqualTo(-1);
				assertThat(refused.getInputStream().read()).isEqualTo(-1);
			}
		}
	}

	@Test
	void unixSocketsAreSharedToo() {
		String endpoint = "+" + this.directory.resolve("socket");
		try (ServingFixture serving = start(server("pages", 0).endpoint(endpoint, 0).url("/"),
				server("api", 0).endpoint(endpoint, 0).url("/api"))) {
			assertThat(serving.listen("pages").address()).isEqualTo(serving.listen("api").address());
		}
	}

	@Test
	void portsThatAreFreeToChooseAreNotShared() {
		try (ServingFixture serving = start(server("pages", 0).url("/"), server("api", 0).url("/api"))) {
			assertThat(serving.listen("pages").address()).isNotEqualTo(serving.listen("api").address());
		}
	}

	@Test
	void whatDoesNotGoTogetherIsRefused() throws Exception {
		int port = freePort();
		TlsPolicy tls = TestPolicies.serving(TestPki.server("localhost"));
		try (ServingFixture serving = start(server("one", port).url("/x"), server("two", port).url("/x/"),
				server("three", port).url("/y").tls(tls))) {
			serving.listen("one");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("two"))
				.withMessageContainingAll("\"one\"", "\"two\"", "\"/x/\"");
			assertThatExceptionOfType(SecureStreamsException.class).isThrownBy(() -> serving.listen("three"))
				.withMessageContainingAll("\"one\"", "\"three\"", "TLS");
			assertThat(talk(port, last("/x"))).contains("one /x ");
		}
	}

	@Test
	void aPortThatCannotBeHadCanBeTriedAgain() throws Exception {
		int port = freePort();
		try (ServingFixture serving = start(server("pages", port));
				ServingFixture other = start(server("other", port))) {
			StreamServer taken = other.listen("other");
			assertThatExceptionOfType(StreamBindException.class).isThrownBy(() -> serving.listen("pages"))
				.withMessageContaining("in use");
			taken.close();
			Awaitility.await().ignoreExceptions().until(() -> serving.listen("pages") != null);
			assertThat(talk(port, last("/"))).contains("pages / ");
		}
	}

}
