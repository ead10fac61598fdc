package io.securestreams.transport.http2.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Settings;
import io.securestreams.policy.TrafficClass;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.IdentityHeaders;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.client.Http2TestLink.Slot;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to a peer on Netty's own HTTP/2 codec.
 */
class Http2ClientTests {

	private final NettyPeer peer = new NettyPeer(false);

	private final Http2TestClient client = new Http2TestClient();

	@AfterEach
	void close() {
		this.client.close();
		this.peer.close();
	}

	private Http2TestLink stream(Http2Policies policy) {
		return this.client.stream(policy.build(), this.peer.port());
	}

	@Test
	void getDeliversTheBodyAsOneMessage() {
		Http2TestLink link = stream(Http2Policies.get("/hello")).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsExactly("connected", "SOM", "EOM", "acknowledged", "completed");
		assertThat(link.text()).isEqualTo("hello");
		assertThat(link.peer).contains("127.0.0.1");
	}

	@Test
	void getOverTls() {
		try (NettyPeer tls = new NettyPeer(true)) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/hello").tls().build(), tls.port()).connect();
			assertThat(link.awaitEnd()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("hello");
			assertThat(this.client.fellBack).isNotDone();
		}
	}

	@Test
	void untrustedPeerIsUnreachable() {
		try (NettyPeer tls = new NettyPeer(true)) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/hello").tls().build(), tls.port());
			link.target(new io.securestreams.engine.spi.Target(
					new io.securestreams.engine.spi.Address.Host("127.0.0.1", tls.port()), true, null));
			assertThat(link.connect().awaitFailure().phase()).isEqualTo(Phase.TLS);
		}
	}

	@Test
	void aPeerThatTurnsOutToSpeakHttp1IsCalledSo() {
		try (FramePeer http1 = new FramePeer((connection) -> {
			connection.raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			connection.awaitClose();
		})) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/").build(), http1.port());
			assertThat(link.connect().awaitFailure().message()).contains("peer speaks HTTP/1.1");
		}
	}

	@Test
	void creditForSmallDataIsNoAbuse() {
		FramePeer.Script script = (connection) -> {
			int id = connection.awaitRequest().streamId();
			for (int left = 1 << 20; left > 0;) {
				int length = connection.await(Http2FrameWriter.DATA).payload().length;
				left -= length;
				connection.windowUpdate(0, length).windowUpdate(id, length);
			}
			connection.headers(id, true, ":status", "204").awaitClose();
		};
		try (FramePeer eager = new FramePeer(script)) {
			IntFunction<@Nullable Slot> source = Slots.pattern(1 << 20);
			Http2TestLink link = this.client.stream(Http2Policies.post("/").build(), eager.port())
				.body(1 << 20, (capacity) -> source.apply(Math.min(capacity, 500)));
			assertThat(link.connect().awaitEnd()).isEqualTo("completed");
		}
	}

	@Test
	void requestsShareOneConnection() {
		for (int i = 0; i < 5; i++) {
			assertThat(stream(Http2Policies.get("/hello")).connect().awaitEnd()).isEqualTo("completed");
		}
		assertThat(this.peer.connections).hasValue(1);
	}

	@Test
	void oneHundredStreamsRunAtOnceOnOneConnection() {
		this.peer.barrier = 100;
		List<Http2TestLink> links = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			links.add(stream(Http2Policies.get("/wait")).connect());
		}
		links.forEach((link) -> assertThat(link.awaitEnd()).isEqualTo("completed"));
		links.forEach((link) -> assertThat(link.text()).isEqualTo("done"));
		assertThat(this.peer.connections).hasValue(1);
		assertThat(this.peer.mostConcurrent).hasValue(100);
	}

	@Test
	void streamsBeyondThePeersLimitOpenConnectionsThenQueue() {
		try (NettyPeer small = new NettyPeer(false, Http2Settings.defaultSettings().maxConcurrentStreams(2))) {
			// The first learns the limit
			this.client.stream(Http2Policies.get("/hello").build(), small.port()).connect().awaitEnd();
			List<Http2TestLink> links = new ArrayList<>();
			for (int i = 0; i < 30; i++) {
				links.add(this.client.stream(Http2Policies.get("/hello").build(), small.port()).connect());
			}
			links.forEach((link) -> assertThat(link.awaitEnd()).isEqualTo("completed"));
			assertThat(small.mostConcurrent.get()).isBetween(1, 2 * Http2Limits.DEFAULT.maxConnections());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE" })
	void bodyOfAnnouncedLengthIsSent(String method) {
		Http2TestLink link = stream(new Http2Policies().method(method, "/headers")).body("0123456789").connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).contains(":method=" + method, "content-length=10", "body=10");
	}

	@Test
	void bodyOfUnknownLengthIsSentUntilItsEnd() {
		Http2TestLink link = stream(Http2Policies.post("/headers"));
		link.body(-1, Slots.of("abc".getBytes(StandardCharsets.UTF_8))).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).contains("body=3").doesNotContain("content-length");
	}

	@Test
	void postWithoutBodySaysSo() {
		Http2TestLink link = stream(Http2Policies.post("/headers")).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).contains("content-length=0", "body=0");
	}

	@Test
	void formsSayTheirType() {
		Http2TestLink link = stream(
				Http2Policies.post("/headers").body(new HttpBody(false, true, HttpBody.Multipart.NONE, false)))
			.body("a=b")
			.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).contains("content-type=application/x-www-form-urlencoded", "content-length=3");
	}

	@Test
	void headHasNoBody() {
		Http2TestLink link = stream(new Http2Policies().method("HEAD", "/status/200")).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsExactly("connected", "acknowledged", "completed");
	}

	@Test
	void responseWithoutBodyIsNoMessage() {
		Http2TestLink link = stream(Http2Policies.get("/status/204")).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsExactly("connected", "acknowledged", "completed");
	}

	@Test
	void trailersAreNoMessage() {
		Http2TestLink link = stream(Http2Policies.get("/trailers")).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).isEqualTo("body");
	}

	@Test
	void otherStatusIsRejected() {
		Http2TestLink link = stream(Http2Policies.get("/status/404").userState(404, 1404)).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsExactly("userState 1404", "connected", "rejected", "completed");
	}

	@Test
	void expectedStatusIsAcknowledged() {
		Http2TestLink link = stream(Http2Policies.get("/status/404").expect(404)).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).contains("acknowledged");
	}

	@ParameterizedTest
	@ValueSource(ints = { 503, 429 })
	void busyPeerSaysWhenToComeBack(int status) {
		StreamFailure failure = stream(Http2Policies.get("/status/" + status)).connect().awaitFailure();
		assertThat(failure.phase()).isEqualTo(Phase.BUSY);
		assertThat(failure.retryAfter()).hasSeconds(7);
	}

	@Test
	void timingsAreZeroForJoinedConnections() {
		Http2TestLink first = stream(Http2Policies.get("/hello").perf()).connect();
		first.awaitEnd();
		Http2TestLink second = stream(Http2Policies.get("/hello").perf()).connect();
		second.awaitEnd();
		assertThat(first.events).startsWith("timings", "connected");
		assertThat(first.timings.peer()).isNotNull();
		assertThat(first.timings.connectMicros()).isPositive();
		assertThat(second.timings.connectMicros()).isZero();
		assertThat(second.timings.status()).isEqualTo(200);
	}

	@Test
	void metadataTravelsBothWays() {
		Http2TestLink link = stream(Http2Policies.get("/${what}")
			.metadata("what", "")
			.metadata("agent", "User-Agent:")
			.metadata("answer", "X-Answer:")).with("what", "status/200").with("agent", "test");
		link.connect().awaitEnd();
		assertThat(link.metadata().get("answer")).isEqualTo("42");
		link.run(() -> link.with("what", "headers"));
		link.connect().awaitEnd();
		assertThat(link.text()).contains("user-agent=test", ":path=/headers", ":scheme=http",
				":authority=localhost:" + this.peer.port());
	}

	@Test
	void undeclaredSymbolFailsTheAttempt() {
		assertThat(stream(Http2Policies.get("/${nothing}")).connect().awaitFailure().phase()).isEqualTo(Phase.POLICY);
	}

	@Test
	void bodyThatIsThereBeforeTheConnectionIsTakenAlong() {
		Http2TestLink link = stream(Http2Policies.post("/sha"));
		link.run(() -> {
			link.client().connect();
			link.body("hello");
		});
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).endsWith(" 5");
	}

	@Test
	void requestThatHasBecomeInvalidBeforeTheConnectionIsNotSent() {
		Http2TestLink link = stream(Http2Policies.post("/sha").metadata("note", "x-note:"));
		link.run(() -> {
			link.client().connect();
			link.body("hello").metadata().set("note", "two\r\nlines");
		});
		assertThat(link.awaitFailure().phase()).isEqualTo(Phase.POLICY);
		assertThat(link.awaitFailure().unsent()).isTrue();
		assertThat(stream(Http2Policies.get("/hello")).connect().awaitEnd()).isEqualTo("completed");
	}

	@Test
	void identityHeadersComeFromBlobs() {
		this.client.runtime().runtime().blobs().set(SystemBlobs.Blob.AUTH, "secret".getBytes(StandardCharsets.UTF_8));
		Http2TestLink link = stream(Http2Policies.get("/headers")
			.identity(new IdentityHeaders("Authorization:", "Bearer ", false, "", "", ""))).connect();
		link.awaitEnd();
		assertThat(link.text()).contains("authorization=Bearer secret");
	}

	@Test
	void priorityIsSentWhereItIsNotTheDefault() {
		Http2TestLink link = stream(
				Http2Policies.get("/headers").trafficClass(new TrafficClass(6, false, false, false, false)))
			.connect();
		link.awaitEnd();
		assertThat(link.text()).contains("priority=u=0");
	}

	@Test
	void redirectIsRefusedByDefault() {
		assertThat(stream(Http2Policies.get("/redirect/302/hello")).connect().awaitFailure().phase())
			.isEqualTo(Phase.REDIRECT);
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303 })
	void redirectOfPostBecomesGetWithoutBody(int status) {
		Http2TestLink link = stream(Http2Policies.post("/redirect/" + status + "/headers").followRedirects())
			.body("0123456789")
			.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsOnlyOnce("connected");
		assertThat(link.text()).contains(":method=GET", "body=0").doesNotContain("content-length");
	}

	@Test
	void redirectThatKeepsTheBodySendsItAgain() {
		Http2TestLink link = stream(Http2Policies.post("/redirect/307/headers").followRedirects()).body("0123456789")
			.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).contains(":method=POST", "content-length=10", "body=10");
	}

	@Test
	void redirectToTheSamePlaceForEverFails() {
		try (FramePeer loop = new FramePeer((connection) -> {
			connection.settings();
			while (true) {
				connection.headers(connection.await(Http2FrameWriter.HEADERS).streamId(), true, ":status", "302",
						"location", "/");
			}
		})) {
			Http2TestLink link = this.client.stream(Http2Policies.get("/").followRedirects().build(), loop.port());
			assertThat(link.connect().awaitFailure().phase()).isEqualTo(Phase.REDIRECT);
		}
	}

	@Test
	void credentialsStayWithTheirOrigin() throws Exception {
		try (NettyPeer other = new NettyPeer(false)) {
			this.client.runtime().runtime().blobs().set(SystemBlobs.Blob.AUTH, "secret".getBytes());
			FramePeer.Script script = (connection) -> connection
				.headers(connection.awaitRequest().streamId(), true, ":status", "302", "location",
						"http://localhost:" + other.port() + "/headers")
				.awaitClose();
			try (FramePeer first = new FramePeer(script)) {
				Http2TestLink link = this.client.stream(Http2Policies.get("/")
					.followRedirects()
					.metadata("c", "cookie:")
					.identity(new IdentityHeaders("x-auth:", "", false, "", "", ""))
					.build(), first.port());
				assertThat(link.with("c", "session=1").connect().awaitEnd()).isEqualTo("completed");
				assertThat(link.text()).contains(":path=/headers").doesNotContain("secret", "session");
			}
		}
	}

	@Test
	void partsAreFramed() {
		HttpBody.Multipart part = new HttpBody.Multipart("file", "a.txt", "text/plain");
		Http2TestLink link = stream(Http2Policies.post("/echo").body(new HttpBody(false, false, part, false)));
		link.body(-1, Slots.of("content".getBytes(StandardCharsets.UTF_8))).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).startsWith("--")
			.contains("Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
					"Content-Type: text/plain\r\n\r\ncontent\r\n--")
			.endsWith("--\r\n");
	}

	@Test
	void metadataReplacesTheAuthority() {
		Http2TestLink link = stream(Http2Policies.get("/headers").metadata("h", "Host:")).with("h", "example.com");
		link.connect().awaitEnd();
		assertThat(link.text()).contains(":authority=example.com").doesNotContain("\nhost=");
	}

	@Test
	void headLargerThanAFrameGoesOnInContinuation() {
		Http2TestLink link = stream(Http2Policies.get("/status/200").metadata("big", "X-Big:"));
		link.with("big", "b".repeat(7000)).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		java.util.concurrent.CompletableFuture<Integer> flags = new java.util.concurrent.CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			int id = connection.awaitRequest().streamId();
			flags.complete(connection.await(Http2FrameWriter.CONTINUATION).flags());
			connection.headers(id, true, ":status", "200").awaitClose();
		};
		try (FramePeer peer = new FramePeer(script)) {
			Http2TestLink large = this.client.stream(Http2Policies.get("/").metadata("big", "X-Big:").build(),
					peer.port());
			assertThat(large.with("big", "b".repeat(20000)).connect().awaitEnd()).isEqualTo("completed");
			assertThat(Http2TestLink.await(flags)).isEqualTo(Http2FrameWriter.END_HEADERS);
		}
	}

	@Test
	void lineEndsInMetadataAreRefused() {
		Http2TestLink link = stream(Http2Policies.get("/headers").metadata("x", "X-Any:")).with("x", "a\r\nb: c");
		assertThat(link.connect().awaitFailure().phase()).isEqualTo(Phase.POLICY);
	}

	@Test
	void cookiesAreKept() {
		stream(Http2Policies.get("/cookie").cookies()).connect().awaitEnd();
		Http2TestLink link = stream(Http2Policies.get("/headers").cookies()).connect();
		link.awaitEnd();
		assertThat(link.text()).contains("cookie=k=v");
	}

	@Test
	void multipartIsTakenApart() {
		Http2TestLink link = stream(
				Http2Policies.get("/multipart").body(new HttpBody(false, false, HttpBody.Multipart.NONE, true)))
			.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).containsExactly("connected", "RELATED_START", "SOM", "EOM", "SOM", "EOM RELATED_END",
				"acknowledged", "completed");
	}

	@Test
	void responseBeforeTheBodyIsSentEndsTheTransaction() {
		Http2TestLink link = stream(Http2Policies.post("/early"));
		link.body(-1, (capacity) -> new Slot(Unpooled.wrappedBuffer(new byte[Math.min(capacity, 1000)]), false))
			.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.events).endsWith("rejected", "completed");
		assertThat(stream(Http2Policies.get("/hello")).connect().awaitEnd()).isEqualTo("completed");
		assertThat(this.peer.connections).hasValue(1);
	}

	@Test
	void resetInTheMiddleIsNoEnd() {
		Http2TestLink link = stream(Http2Policies.get("/reset")).connect();
		assertThat(link.awaitFailure().phase()).isEqualTo(Phase.CONNECTION);
		assertThat(link.events).doesNotContain("EOM", "acknowledged", "rejected");
		assertThat(link.awaitFailure().unsent()).isFalse();
	}

	@Test
	void bodyLongerThanAnnouncedFails() {
		Http2TestLink link = stream(Http2Policies.post("/sha"));
		link.body(5, (capacity) -> new Slot(Unpooled.wrappedBuffer(new byte[6]), true)).connect();
		assertThat(link.awaitFailure().message()).contains("longer");
	}

	@Test
	void bodyShorterThanAnnouncedFails() {
		Http2TestLink link = stream(Http2Policies.post("/sha"));
		link.body(5, (capacity) -> new Slot(Unpooled.wrappedBuffer(new byte[4]), true)).connect();
		assertThat(link.awaitFailure().message()).contains("shorter");
	}

	@Test
	void closeCancelsAndTheStreamCanBeUsedAgain() {
		Http2TestLink link = stream(Http2Policies.get("/${what}").metadata("what", "")).with("what", "bytes/100000000");
		link.onReceive(() -> {
			if (link.receivedBytes > 50_000) {
				link.transport().close();
				link.onReceive(() -> {
				});
				link.with("what", "hello");
				link.client().connect();
			}
		});
		link.connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.text()).isNotEmpty();
		assertThat(this.peer.connections).hasValue(1);
	}

	@Test
	void cleartextWithoutPriorKnowledgeIsHttp1() {
		Http2TestLink link = stream(Http2Policies.get("/hello").noPriorKnowledge()).connect();
		assertThat(link.awaitEnd()).isEqualTo("completed");
		assertThat(link.peer).isEqualTo("http/1.1");
		assertThat(this.peer.connections).hasValue(0);
	}

	@BeforeEach
	void start() {
		assertThat(this.peer.port()).isPositive();
	}

}
