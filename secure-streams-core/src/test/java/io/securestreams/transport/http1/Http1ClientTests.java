package io.securestreams.transport.http1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.securestreams.policy.http.HttpBody;
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
 * Clients against the JDK's server.
 */
class Http1ClientTests {

	private final TestRuntime runtime = TestRuntime.create("nio");

	private final Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime());

	private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();

	private final List<Headers> requests = new ArrayList<>();

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = JdkHttpServer.plain();
		handle("/", (exchange) -> answer(exchange, 200, "hello"));
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
		this.runtime.close();
	}

	private void handle(String path, Handler handler) {
		this.server.createContext(path, (exchange) -> {
			this.clients.add(exchange.getRemoteAddress());
			synchronized (this.requests) {
				this.requests.add(exchange.getRequestHeaders());
			}
			try (exchange) {
				handler.handle(exchange);
			}
		});
	}

	private interface Handler {

		void handle(HttpExchange exchange) throws IOException;

	}

	private static void answer(HttpExchange exchange, int status, String body) throws IOException {
		byte[] request = exchange.getRequestBody().readAllBytes();
		byte[] bytes = (exchange.getRequestMethod() + " " + new String(request, StandardCharsets.UTF_8) + body)
			.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, exchange.getRequestMethod().equals("HEAD") ? -1 : bytes.length);
		if (!exchange.getRequestMethod().equals("HEAD")) {
			exchange.getResponseBody().write(bytes);
		}
	}

	private HttpLink link(TestHttpPolicy policy) {
		HttpLink link = new HttpLink(this.runtime.loops().next(), policy.build());
		link.target(this.server.getAddress().getPort(), false);
		return link.transport(this.factory.client(link));
	}

	@Test
	void getsInTheOrderOfTheReference() {
		HttpLink link = link(TestHttpPolicy.get("index").perf());
		link.exchange();
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "start", "end", "acknowledged", "completed");
		assertThat(link.text()).isEqualTo("GET hello");
		assertThat(link.timings).isNotNull();
		assertThat(link.timings.status()).isEqualTo(200);
		assertThat(this.requests.get(0).keySet()).containsExactly("Host");
		assertThat(this.requests.get(0).getFirst("Host")).isEqualTo("127.0.0.1:" + this.server.getAddress().getPort());
	}

	@Test
	void oneConnectionServesManyTransactions() {
		HttpLink link = link(TestHttpPolicy.get("/").perf());
		for (int i = 0; i < 200; i++) {
			assertThat(link.exchange()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("GET hello");
		}
		assertThat(this.clients).hasSize(1);
		assertThat(link.timings.connectMicros()).isZero();
	}

	@Test
	void theNextTransactionMayStartInsideTheEndOfTheLast() {
		HttpLink link = link(TestHttpPolicy.get("/"));
		int[] left = { 100 };
		link.onCompleted = (self) -> {
			if (--left[0] > 0) {
				self.client().connect();
			}
		};
		link.exchange();
		for (int i = 1; i < 100; i++) {
			assertThat(link.end()).isEqualTo("completed");
		}
		assertThat(this.clients).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "POST,true", "POST,false", "PUT,true", "PUT,false", "PATCH,true", "PATCH,false", "DELETE,true" })
	void sendsBodies(String method, boolean announced) {
		HttpLink link = link(TestHttpPolicy.post("/").method(method));
		for (int i = 0; i < 3; i++) {
			link.send("payload", announced).exchange();
			assertThat(link.text()).isEqualTo(method + " payloadhello");
			assertThat(this.requests.get(i).getFirst("Content-length")).isEqualTo(announced ? "7" : null);
			assertThat(this.requests.get(i).getFirst("Transfer-encoding")).isEqualTo(announced ? null : "chunked");
		}
		assertThat(this.clients).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH" })
	void methodsWithoutBody(String method) {
		HttpLink link = link(TestHttpPolicy.get("/").method(method));
		link.exchange();
		assertThat(link.text()).isEqualTo(method + " hello");
		boolean length = Set.of("POST", "PUT", "PATCH").contains(method);
		assertThat(this.requests.get(0).getFirst("Content-length")).isEqualTo(length ? "0" : null);
	}

	@Test
	void getTakesNoPayload() {
		HttpLink link = link(TestHttpPolicy.get("/"));
		link.send("never", true).exchange();
		assertThat(link.text()).isEqualTo("GET hello");
	}

	@Test
	void headHasNoPayload() {
		HttpLink link = link(TestHttpPolicy.get("/").method("HEAD"));
		link.exchange();
		link.exchange();
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "acknowledged", "completed");
		assertThat(this.clients).hasSize(1);
	}

	@Test
	void formsAndUnannouncedLengths() {
		HttpLink form = link(TestHttpPolicy.post("/").body(new HttpBody(true, true, HttpBody.Multipart.NONE, false)));
		form.send("a=1&b=2", true).exchange();
		assertThat(this.requests.get(0).getFirst("Content-type")).isEqualTo("application/x-www-form-urlencoded");
		assertThat(this.requests.get(0).getFirst("Content-length")).isNull();
		assertThat(form.text()).isEqualTo("POST a=1&b=2hello");
	}

	@Test
	void metadataTravelsBothWays() {
		handle("/meta", (exchange) -> {
			exchange.getResponseHeaders().add("X-Answer", "first");
			exchange.getResponseHeaders().add("x-answer", "second");
			exchange.getResponseHeaders().add("Content-Type", "text/plain");
			answer(exchange, 200, exchange.getRequestURI().toString());
		});
		HttpLink link = link(TestHttpPolicy.get("/meta?q=${term}")
			.metadata("term", "")
			.metadata("ctype", "Content-Type:")
			.metadata("answer", "X-ANSWER")
			.metadata("tag", "x-tag:"));
		List<String> atConnected = new ArrayList<>();
		link.onConnected = (self) -> atConnected.add(self.metadata.asMap().toString());
		link.metadata.set("term", "one").set("tag", "blue").set("ctype", "application/json");
		link.exchange();
		assertThat(link.text()).isEqualTo("GET /meta?q=one");
		assertThat(atConnected).containsExactly("{term=one, ctype=text/plain, answer=first, tag=blue}");
		assertThat(this.requests.get(0).getFirst("X-tag")).isEqualTo("blue");
		assertThat(this.requests.get(0).getFirst("Content-type")).isEqualTo("application/json");
		link.metadata.set("term", "two");
		link.exchange();
		assertThat(link.text()).isEqualTo("GET /meta?q=two");
		assertThat(this.requests.get(1).getFirst("Content-type")).isEqualTo("application/json");
		assertThat(this.requests.get(1).getFirst("X-answer")).isNull();
	}

	@Test
	void headersByTheirOwnName() {
		HttpLink link = link(TestHttpPolicy.get("/").direct());
		link.metadata.direct("X-Custom:", "yes");
		link.exchange();
		assertThat(this.requests.get(0).getFirst("X-custom")).isEqualTo("yes");
		assertThat(link.metadata.received).containsEntry("content-length", "9").containsKey("date");
	}

	@Test
	void identityComesFromBlobsAndFollowsThem() {
		HttpLink link = link(TestHttpPolicy.get("/")
			.identity(new IdentityHeaders("authorization:", "Bearer ", true, "x-dsn:", "x-fwv:", "x-type:")));
		this.runtime.runtime().blobs().set(Blob.AUTH, new byte[] { 0x0a, (byte) 0xff }).set(Blob.DEVICE_SERIAL, "7");
		link.exchange();
		assertThat(this.requests.get(0).getFirst("Authorization")).isEqualTo("Bearer 0aff");
		assertThat(this.requests.get(0).getFirst("X-dsn")).isEqualTo("7");
		assertThat(this.requests.get(0).getFirst("X-fwv")).isEmpty();
		this.runtime.runtime().blobs().set(Blob.DEVICE_SERIAL, "8");
		link.exchange();
		assertThat(this.requests.get(1).getFirst("X-dsn")).isEqualTo("8");
	}

	@Test
	void splittingTheRequestIsRefused() {
		HttpLink header = link(TestHttpPolicy.get("/").metadata("tag", "x-tag:"));
		header.metadata.set("tag", "a\r\nx-evil: 1");
		StreamFailure refused = header.fails();
		assertThat(refused.phase()).isEqualTo(Phase.POLICY);
		assertThat(refused.message()).doesNotContain("evil");
		HttpLink path = link(TestHttpPolicy.get("/${p}").metadata("p", ""));
		for (String evil : List.of("a b", "a\r\nb", "a\nb", "a\0b")) {
			path.metadata.set("p", evil);
			assertThat(path.fails().phase()).isEqualTo(Phase.POLICY);
		}
		assertThat(link(TestHttpPolicy.get("/${undeclared}")).fails().phase()).isEqualTo(Phase.POLICY);
		assertThat(this.requests).isEmpty();
	}

	@Test
	void verdicts() {
		handle("/404", (exchange) -> answer(exchange, 404, ""));
		handle("/530", (exchange) -> answer(exchange, 530, ""));
		HttpLink link = link(TestHttpPolicy.get("/404"));
		link.exchange();
		assertThat(link.events()).endsWith("rejected", "completed");
		HttpLink expected = link(TestHttpPolicy.get("/404").expect(404));
		expected.exchange();
		assertThat(expected.events()).endsWith("acknowledged", "completed");
		HttpLink mapped = link(TestHttpPolicy.get("/530").userStates(Map.of(530, 1530)));
		mapped.exchange();
		assertThat(mapped.events()).containsExactly("userState 1530", "connected 127.0.0.1", "start", "end", "rejected",
				"completed");
	}

	@Test
	void busyPeersFailTheAttempt() {
		handle("/503", (exchange) -> {
			exchange.getResponseHeaders().add("Retry-After", "7");
			answer(exchange, 503, "");
		});
		handle("/429", (exchange) -> {
			exchange.getResponseHeaders().set("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT");
			answer(exchange, 429, "");
		});
		StreamFailure busy = link(TestHttpPolicy.get("/503")).fails();
		assertThat(busy.phase()).isEqualTo(Phase.BUSY);
		assertThat(busy.retryAfter()).hasSeconds(7);
		assertThat(link(TestHttpPolicy.get("/429")).fails().retryAfter()).isPositive();
	}

	@Test
	void cookiesComeBack() {
		handle("/login", (exchange) -> {
			exchange.getResponseHeaders().add("Set-Cookie", "id=42; Path=/");
			answer(exchange, 200, "");
		});
		HttpLink link = link(TestHttpPolicy.get("/login").cookies());
		link.exchange();
		link.exchange();
		assertThat(this.requests.get(0).getFirst("Cookie")).isNull();
		assertThat(this.requests.get(1).getFirst("Cookie")).isEqualTo("id=42");
	}

	@Test
	void refusedConnection() {
		HttpLink link = link(TestHttpPolicy.get("/"));
		this.server.stop(0);
		assertThat(link.fails().phase()).isEqualTo(Phase.CONNECT);
		assertThat(link.failure.unsent()).isTrue();
	}

}
