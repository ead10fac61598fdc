package io.securestreams.transport.http1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs.Blob;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Redirects between two servers of the JDK, which are two origins.
 */
class Http1RedirectTests {

	private final TestRuntime runtime = TestRuntime.create("nio");

	private final Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime());

	private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();

	private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

	private HttpServer server;

	private HttpServer other;

	@BeforeEach
	void start() throws IOException {
		this.server = serve("home");
		this.other = serve("other");
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
		this.other.stop(0);
		this.runtime.close();
	}

	private HttpServer serve(String name) throws IOException {
		HttpServer started = JdkHttpServer.plain();
		started.createContext("/", (exchange) -> {
			try (exchange) {
				handle(name, exchange);
			}
		});
		started.start();
		return started;
	}

	/** {@code /status/place} redirects to the place named in the query. */
	private void handle(String name, HttpExchange exchange) throws IOException {
		this.clients.add(exchange.getRemoteAddress());
		byte[] body = exchange.getRequestBody().readAllBytes();
		String path = exchange.getRequestURI().getPath();
		this.requests.add(name + " " + exchange.getRequestMethod() + " " + path + " "
				+ new String(body, StandardCharsets.UTF_8) + " " + exchange.getRequestHeaders().getFirst("X-secret")
				+ " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
				+ exchange.getRequestHeaders().getFirst("X-plain")
				+ ((exchange.getRequestHeaders().getFirst("Accept-language") != null) ? " de" : ""));
		String[] parts = path.split("/");
		String query = exchange.getRequestURI().getQuery();
		if (parts.length > 1 && parts[1].matches("3\\d\\d") && query != null) {
			exchange.getResponseHeaders().set("Location", query.replace("$", "&"));
			byte[] text = "redirected".getBytes(StandardCharsets.US_ASCII);
			boolean head = exchange.getRequestMethod().equals("HEAD");
			exchange.sendResponseHeaders(Integer.parseInt(parts[1]), head ? -1 : text.length);
			if (!head) {
				exchange.getResponseBody().write(text);
			}
			return;
		}
		exchange.sendResponseHeaders(200, exchange.getRequestMethod().equals("HEAD") ? -1 : 2);
		if (!exchange.getRequestMethod().equals("HEAD")) {
			exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
		}
	}

	private HttpLink link(TestHttpPolicy policy) {
		HttpLink link = new HttpLink(this.runtime.loops().next(), policy.build());
		link.target(this.server.getAddress().getPort(), false);
		return link.transport(this.factory.client(link));
	}

	private String at(HttpServer where, String path) {
		return "http://127.0.0.1:" + where.getAddress().getPort() + path;
	}

	@ParameterizedTest
	@CsvSource({ "301,GET,GET", "302,GET,GET", "303,GET,GET", "307,GET,GET", "308,GET,GET", "301,POST,GET",
			"302,POST,GET", "303,POST,GET", "307,POST,POST", "308,POST,POST", "303,PUT,GET", "307,PUT,PUT",
			"302,HEAD,HEAD", "308,DELETE,DELETE" })
	void methodAndBody(int status, String method, String next) {
		HttpLink link = link(TestHttpPolicy.get("/" + status + "?/b").method(method).redirects(true));
		boolean body = method.equals("POST") || method.equals("PUT");
		for (int i = 0; i < 2; i++) {
			if (body) {
				link.send("body", i == 0);
			}
			link.exchange();
			assertThat(link.events()).startsWith("connected 127.0.0.1").endsWith("acknowledged", "completed");
			assertThat(link.text()).isEqualTo(method.equals("HEAD") ? "" : "ok");
		}
		String again = (body && status > 303) ? "body" : "";
		assertThat(this.requests.subList(0, 2)).containsExactly(
				"home " + method + " /" + status + " " + (body ? "body" : "") + " null null null",
				"home " + next + " /b " + again + " null null null");
		assertThat(this.clients).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void refusedByDefault(int status) {
		StreamFailure failure = link(TestHttpPolicy.get("/" + status + "?/b")).fails();
		assertThat(failure.phase()).isEqualTo(Phase.REDIRECT);
		assertThat(this.requests).hasSize(1);
	}

	@Test
	void expectedRedirectsAreDelivered() {
		HttpLink link = link(TestHttpPolicy.get("/302?/b").expect(302).metadata("to", "location:"));
		link.exchange();
		assertThat(link.metadata.get("to")).isEqualTo("/b");
		assertThat(link.events()).endsWith("acknowledged", "completed");
	}

	@Test
	void endlessRedirectsEnd() {
		HttpLink link = link(TestHttpPolicy.get("/302/loop?/302/loop").redirects(true));
		// The second request has no query any more
		link.exchange();
		assertThat(link.text()).isEqualTo("ok");
		String place = "/302/a";
		for (int i = 0; i < 12; i++) {
			place = "/302/a?" + place;
		}
		StreamFailure failure = link(TestHttpPolicy.get(place).redirects(true)).fails();
		assertThat(failure.message()).contains("10 redirects");
		assertThat(this.requests).hasSize(2 + 11);
	}

	@Test
	void credentialsStayAtHome() {
		this.runtime.runtime().blobs().set(Blob.AUTH, "token");
		HttpLink link = link(TestHttpPolicy.get("/302?" + at(this.other, "/302?" + at(this.server, "/back")))
			.redirects(true)
			.identity(new IdentityHeaders("x-secret:", "", false, "", "", ""))
			.metadata("auth", "Authorization:")
			.metadata("plain", "X-Plain:")
			.metadata("language", "Accept-Language:"));
		link.metadata.set("auth", "by hand").set("plain", "p").set("language", "de");
		link.exchange();
		// Nobody knows what a field of its own making means elsewhere
		assertThat(this.requests).containsExactly("home GET /302  token by hand p de",
				"other GET /302  null null null de", "home GET /back  null null null de");
		link.exchange();
		assertThat(this.requests.get(3)).isEqualTo("home GET /302  token by hand p de");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://127.0.0.1/", "http://user@127.0.0.1/", "http:///x", "javascript:alert(1)",
			"http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:0/" })
	void oddPlaces(String location) {
		assertThat(link(TestHttpPolicy.get("/302?" + location).redirects(true)).fails().phase())
			.isEqualTo(Phase.REDIRECT);
	}

	@Test
	void longBodiesCannotBeSentAgain() {
		HttpLink link = link(TestHttpPolicy.post("/307?/b").redirects(true));
		StreamFailure failure = link.send(new byte[100_000], true).fails();
		assertThat(failure.phase()).isEqualTo(Phase.REDIRECT);
		assertThat(failure.message()).contains("once more");
	}

}
