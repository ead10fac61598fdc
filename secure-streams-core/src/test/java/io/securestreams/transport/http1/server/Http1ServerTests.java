package io.securestreams.transport.http1.server;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http1.HttpResponseReader;
import io.securestreams.transport.http1.HttpServerFixture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers against the JDK's client.
 */
class Http1ServerTests {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private @Nullable HttpServerFixture fixture;

	@AfterEach
	void stop() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	private HttpServerFixture serve(TestHttpPolicy policy, Consumer<HttpLink> transaction) {
		HttpServerFixture started = new HttpServerFixture(policy, HttpServerLimits.DEFAULTS,
				(link) -> link.onTransaction = transaction);
		this.fixture = started;
		return started;
	}

	private HttpResponse<String> send(String path, String method, @Nullable String body, String... headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private int port() {
		assertThat(this.fixture).isNotNull();
		return this.fixture.port();
	}

	private static void answer(HttpLink link, int status, String text) {
		link.accepted().acknowledge(status);
		link.send(text, true);
	}

	@Test
	void answersWithLengthAndMetadata() throws Exception {
		serve(TestHttpPolicy.server().metadata("mime", "Content-Type:").metadata("unset", "x-unset:"), (link) -> {
			link.metadata.set("mime", "text/html");
			answer(link, 200, "<p>hi</p>");
		});
		HttpResponse<String> response = send("/", "GET", null);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("<p>hi</p>");
		assertThat(response.headers().map().keySet()).containsExactlyInAnyOrder("content-length", "content-type",
				"date");
		assertThat(response.headers().firstValue("content-type")).hasValue("text/html");
	}

	@Test
	void requestsBecomeMetadata() throws Exception {
		serve(TestHttpPolicy.server()
			.metadata("method", "")
			.metadata("path", "")
			.metadata("auth", "")
			.metadata("a", "")
			.metadata("b", "")
			.metadata("agent", "User-Agent:")
			.metadata("mime", "content-type:"), (link) -> answer(link, 200, link.metadata.asMap().toString()));
		assertThat(send("/x/y?a=a%20b+c&b=%C3%A4&a=2&auth=evil&mime=evil&path=evil", "PUT", "body", "Authorization",
				"Basic x", "User-Agent", "test", "Content-Type", "text/plain")
			.body()).isEqualTo("{method=PUT, path=/x/y, auth=Basic x, a=a b c, b=ä, agent=test, mime=text/plain}");
		HttpResponse<String> second = send("/z", "GET", null, "User-Agent", "test");
		assertThat(second.body()).isEqualTo("{method=GET, path=/z, agent=test}");
		assertThat(second.headers().firstValue("content-type")).isEmpty();
		assertThat(this.fixture.links).hasSize(2);
		assertThat(this.fixture.link(0).events()).containsExactly("connected 127.0.0.1", "transaction ", "start", "end",
				"completed");
		assertThat(this.fixture.link(1).events()).containsExactly("connected 127.0.0.1", "transaction ", "completed");
	}

	@Test
	void longQueryArgumentsAreLeftOut() throws Exception {
		serve(TestHttpPolicy.server().metadata("a", "").metadata("b", ""), (link) -> answer(link, 200,
				String.valueOf(link.metadata.get("a")).length() + " " + link.metadata.get("b")));
		assertThat(send("/?a=" + "x".repeat(1024) + "&b=1", "GET", null).body()).isEqualTo("4 1");
		assertThat(send("/?a=" + "x".repeat(1023), "GET", null).body()).isEqualTo("1023 null");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE" })
	void bodiesArriveWhole(String method) throws Exception {
		serve(TestHttpPolicy.server(), (link) -> {
		});
		for (int i = 0; i < 3; i++) {
			boolean chunked = i == 1;
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port()))
				.method(method, chunked ? BodyPublishers.ofByteArrays(
						List.of("pay".getBytes(StandardCharsets.UTF_8), "load".getBytes(StandardCharsets.UTF_8)))
						: BodyPublishers.ofString("payload"));
			var pending = this.client.sendAsync(request.build(), BodyHandlers.ofString());
			HttpLink link = awaitLink(i);
			awaitEvents(link, 4);
			link.run(() -> answer(link, 200, link.text()));
			assertThat(pending.get().body()).isEqualTo("payload");
			link.completed.get(20, TimeUnit.SECONDS);
			assertThat(link.events()).containsExactly("connected 127.0.0.1", "transaction ", "start", "end",
					"completed");
		}
	}

	private HttpLink awaitLink(int index) {
		Awaitility.await().until(() -> this.fixture.links.size() > index);
		return this.fixture.link(index);
	}

	private static void awaitEvents(HttpLink link, int count) {
		Awaitility.await().until(() -> link.events().size() >= count);
	}

	@Test
	void answersWithoutPayload() throws Exception {
		serve(TestHttpPolicy.server().metadata("path", ""), (link) -> {
			switch (String.valueOf(link.metadata.get("path"))) {
				case "/ok" -> link.accepted().answer(200);
				case "/later" -> link.executor().schedule(() -> link.accepted().answer(202), 1);
				case "/none" -> link.accepted().acknowledge(204);
				case "/usual" -> link.accepted().answer(AcceptedTransport.USUAL);
				default -> link.accepted().answer(418);
			}
		});
		assertThat(send("/ok", "GET", null).headers().firstValue("content-length")).hasValue("0");
		assertThat(send("/later", "GET", null).statusCode()).isEqualTo(202);
		HttpResponse<String> none = send("/none", "GET", null);
		assertThat(none.statusCode()).isEqualTo(204);
		assertThat(none.headers().firstValue("content-length")).isEmpty();
		assertThat(send("/usual", "GET", null).statusCode()).isEqualTo(404);
		assertThat(send("/ok", "POST", "some body").statusCode()).isEqualTo(200);
		assertThat(send("/tea", "POST", "some body").statusCode()).isEqualTo(418);
		assertThat(this.fixture.links).hasSize(6);
	}

	@Test
	void lengthUnknownIsChunkedUnlessItIsOnePiece() throws Exception {
		serve(TestHttpPolicy.server().metadata("path", ""), (link) -> {
			link.accepted().acknowledge(200);
			if (String.valueOf(link.metadata.get("path")).equals("/one")) {
				link.send("one", false);
			}
			else {
				link.sendMore("a").sendMore("b".repeat(3000)).sendLast();
			}
		});
		HttpResponse<String> one = send("/one", "GET", null);
		assertThat(one.headers().firstValue("content-length")).hasValue("3");
		HttpResponse<String> more = send("/more", "GET", null);
		assertThat(more.headers().firstValue("transfer-encoding")).hasValue("chunked");
		assertThat(more.body()).isEqualTo("a" + "b".repeat(3000));
	}

	@Test
	void headHasTheHeadersOfGet() throws Exception {
		serve(TestHttpPolicy.server(), (link) -> answer(link, 200, "hello"));
		HttpResponse<String> head = send("/", "HEAD", null);
		assertThat(head.headers().firstValue("content-length")).hasValue("5");
		assertThat(head.body()).isEmpty();
		assertThat(send("/", "GET", null).body()).isEqualTo("hello");
		assertThat(this.fixture.links).hasSize(2);
	}

	@Test
	void noContentLengthMeansChunked() throws Exception {
		serve(TestHttpPolicy.server().body(new HttpBody(true, false, HttpBody.Multipart.NONE, false)),
				(link) -> answer(link, 200, "hello"));
		HttpResponse<String> response = send("/", "GET", null);
		assertThat(response.headers().firstValue("transfer-encoding")).hasValue("chunked");
		assertThat(response.body()).isEqualTo("hello");
	}

	@Test
	void expectationIsAnsweredWhenTheBodyIsWanted() throws Exception {
		serve(TestHttpPolicy.server().metadata("path", ""), (link) -> {
			if (String.valueOf(link.metadata.get("path")).equals("/no")) {
				link.accepted().answer(413);
			}
			else {
				link.accepted().answer(200);
			}
		});
		for (String path : List.of("/yes", "/no")) {
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
				.expectContinue(true)
				.POST(BodyPublishers.ofString("x".repeat(100_000)))
				.build();
			HttpResponse<String> response = this.client.send(request, BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(path.equals("/yes") ? 200 : 413);
		}
		assertThat(this.fixture.link(0).bytes()).hasSize(100_000);
	}

	@Test
	void bodyFlowsBothWaysAtOnceAndIsBounded() throws Exception {
		byte[] data = new byte[20_000_000];
		ThreadLocalRandom.current().nextBytes(data);
		HttpServerFixture server = serve(TestHttpPolicy.server(), (link) -> {
			link.accepted().acknowledge(200);
			Deque<ByteBuf> queue = new ArrayDeque<>();
			int[] queued = { 0 };
			link.onReceive = (payload, flags) -> {
				queue.add(payload.retainedSlice());
				queued[0] += payload.readableBytes();
				if (queued[0] > 200_000) {
					link.transport().pauseReading();
				}
				if ((flags & PayloadFlags.EOM) != 0) {
					queue.add(Unpooled.EMPTY_BUFFER);
				}
				link.transport().requestWrite();
			};
			link.onWritable = (capacity) -> {
				ByteBuf next = queue.peek();
				if (next == null) {
					return;
				}
				ByteBuf piece = next.readRetainedSlice(Math.min(capacity, next.readableBytes()));
				queued[0] -= piece.readableBytes();
				boolean last = false;
				if (!next.isReadable()) {
					queue.remove().release();
					last = queue.size() == 1 && !queue.peek().isReadable();
					if (last) {
						queue.remove().release();
					}
				}
				link.put(piece, last);
				if (queued[0] < 100_000) {
					link.transport().resumeReading();
				}
			};
			link.request(-1);
		});
		try (Socket socket = server.connect()) {
			Thread writer = new Thread(() -> {
				try {
					socket.getOutputStream()
						.write(("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + data.length
								+ "\r\n\r\n")
							.getBytes(StandardCharsets.US_ASCII));
					socket.getOutputStream().write(data);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			writer.start();
			HttpResponseReader response = new HttpResponseReader(socket.getInputStream());
			assertThat(response.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("transfer-encoding: chunked");
			assertThat(response.chunkedBody()).isEqualTo(data);
			writer.join();
		}
	}

	@Test
	void valuesOfOneRequestDoNotReachTheNext() throws Exception {
		int[] count = { 0 };
		serve(TestHttpPolicy.server().metadata("mime", "content-type:"), (link) -> {
			if (count[0]++ == 0) {
				link.metadata.set("mime", "text/html");
			}
			answer(link, 200, "x");
		});
		assertThat(send("/", "POST", "b", "Content-Type", "a/b").headers().map()).containsEntry("content-type",
				List.of("text/html"));
		assertThat(send("/", "POST", "b", "Content-Type", "a/b").headers().map()).doesNotContainKey("content-type");
	}

}
