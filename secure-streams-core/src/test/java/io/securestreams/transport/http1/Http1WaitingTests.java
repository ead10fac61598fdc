package io.securestreams.transport.http1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.securestreams.limits.HttpClientLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestRuntime;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that wait: for leave to send a body, and for a long poll.
 */
class Http1WaitingTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private final TestRuntime runtime = TestRuntime.create("nio");

	private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

	private HttpClientLimits limits = HttpClientLimits.DEFAULTS;

	private @Nullable JdkPeer peer;

	@AfterEach
	void stop() throws IOException {
		if (this.peer != null) {
			this.peer.close();
		}
		this.runtime.close();
	}

	private HttpLink link(TestHttpPolicy policy, JdkPeer.Script script) throws IOException {
		this.peer = JdkPeer.tcp(script);
		Http1TransportFactory factory = new Http1TransportFactory(this.runtime.runtime(), new HttpServices(
				this.runtime.runtime().blobs(), new CookieStore(this.limits.cookies()), (name) -> null, this.limits));
		HttpLink link = new HttpLink(this.runtime.loops().next(), policy.build());
		return link.target(this.peer.port(), false).transport(factory.client(link));
	}

	private HttpLink expecting(JdkPeer.Script script) throws IOException {
		HttpLink link = link(TestHttpPolicy.post("/").metadata("expect", "Expect:"), script);
		link.metadata.set("expect", "100-Continue");
		return link;
	}

	private static String head(InputStream in) throws IOException {
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

	private String next() throws InterruptedException {
		return String.valueOf(this.seen.poll(20, TimeUnit.SECONDS));
	}

	@Test
	void bodyWaitsForContinue() throws Exception {
		CompletableFuture<Void> asked = new CompletableFuture<>();
		CompletableFuture<Boolean> early = new CompletableFuture<>();
		HttpLink link = expecting((socket) -> {
			this.seen.add(head(socket.getInputStream()));
			early.complete(asked.isDone());
			send(socket, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
			this.seen.add(new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
			send(socket, OK);
		});
		link.onWritable = (capacity) -> {
			asked.complete(null);
			link.put(io.netty.buffer.Unpooled.copiedBuffer("body", StandardCharsets.US_ASCII), true);
		};
		assertThat(link.request(4).exchange()).isEqualTo("completed");
		assertThat(next()).contains("\r\nExpect: 100-Continue\r\n").contains("\r\nContent-Length: 4\r\n");
		assertThat(next()).isEqualTo("body");
		assertThat(early).isCompletedWithValue(false);
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "start", "end", "acknowledged", "completed");
	}

	@Test
	void aRefusalSavesTheBody() throws Exception {
		HttpLink link = expecting((socket) -> {
			this.seen.add(head(socket.getInputStream()));
			send(socket, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
			// The rest of the request will not come, so neither can another request
			this.seen.add("then " + socket.getInputStream().read());
		});
		link.onWritable = (capacity) -> this.seen.add("asked");
		assertThat(link.request(4).exchange()).isEqualTo("completed");
		assertThat(next()).startsWith("POST / ");
		assertThat(next()).isEqualTo("then -1");
		assertThat(link.events()).containsExactly("connected 127.0.0.1", "rejected", "completed");
	}

	@Test
	void aPeerThatDoesNotKnowExpectationsGetsTheBodyAllTheSame() throws Exception {
		this.limits = this.limits.toBuilder().continueTimeout(Duration.ofMillis(20)).build();
		HttpLink link = expecting((socket) -> {
			head(socket.getInputStream());
			this.seen.add(new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
			send(socket, OK);
		});
		assertThat(link.send("body", true).exchange()).isEqualTo("completed");
		assertThat(next()).isEqualTo("body");
	}

	@Test
	void withoutBodyThereIsNothingToExpect() throws Exception {
		HttpLink link = expecting((socket) -> {
			this.seen.add(head(socket.getInputStream()));
			send(socket, OK);
		});
		assertThat(link.exchange()).isEqualTo("completed");
		assertThat(next()).doesNotContain("Expect:");
	}

	@Test
	void aLongPollMayPauseForAnyTime() throws Exception {
		// Heads have any time: it is bodies that are late
		this.limits = this.limits.withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofSeconds(20));
		CompletableFuture<Void> news = new CompletableFuture<>();
		JdkPeer.Script script = (socket) -> {
			head(socket.getInputStream());
			send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nold ");
			news.get(20, TimeUnit.SECONDS);
			send(socket, "news");
			socket.getInputStream().read();
		};
		HttpLink poll = link(TestHttpPolicy.get("/").longPoll(), script);
		poll.run(() -> poll.client().connect());
		// Another stream that times out shows that the time has passed
		HttpLink other = link(TestHttpPolicy.get("/"), script);
		assertThat(other.fails().phase()).isEqualTo(Phase.CONNECTION);
		news.complete(null);
		assertThat(poll.end()).isEqualTo("completed");
		assertThat(poll.text()).isEqualTo("old news");
	}

}
