package io.securestreams.transport.http2.server;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.http.HttpBody;
import io.securestreams.policy.http.HttpBody.Multipart;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.MessageFields;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.transport.http2.server.FrameClient.fields;
import static io.securestreams.transport.http2.server.FrameClient.get;
import static io.securestreams.transport.http2.server.FrameClient.post;
import static io.securestreams.transport.http2.server.Http2ServerFixture.answer;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servers make of requests and responses, frame by frame.
 */
@Timeout(120)
class Http2ServerTests {

	private @Nullable Http2ServerFixture fixture;

	@AfterEach
	void stop() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	private FrameClient serve(TestHttpPolicy policy, Consumer<HttpLink> transaction, int... settings) {
		return serve(policy, HttpServerLimits.DEFAULTS, transaction, settings);
	}

	private FrameClient serve(TestHttpPolicy policy, HttpServerLimits limits, Consumer<HttpLink> transaction,
			int... settings) {
		Http2ServerFixture started = new Http2ServerFixture(policy, limits, transaction);
		this.fixture = started;
		return started.connect(settings);
	}

	private Http2ServerFixture fixture() {
		assertThat(this.fixture).isNotNull();
		return this.fixture;
	}

	@Test
	void answersWithLengthDateAndMetadata() throws Exception {
		try (FrameClient client = serve(
				TestHttpPolicy.server().metadata("mime", "Content-Type:").metadata("x", "X-Own:"), (link) -> {
					link.metadata.set("mime", "text/html");
					link.metadata.set("x", "ä");
					answer(link, 200, "<p>hi</p>");
				})) {
			client.request(1, true, get("/"));
			Http2Headers head = client.head();
			assertThat(head.names().stream().map(CharSequence::toString)).containsExactlyInAnyOrder(":status",
					"content-type", "x-own", "date", "content-length");
			assertThat(head.get("content-type")).hasToString("text/html");
			assertThat(head.get("content-length")).hasToString("9");
			assertThat(MessageFields.text(head.get("x-own"))).isEqualTo("ä");
			assertThat(client.response(1)).isEqualTo("<p>hi</p>");
		}
		assertThat(fixture().link(0).events()).containsExactly("connected 127.0.0.1", "transaction ", "completed");
	}

	@Test
	void requestsBecomeMetadata() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server()
			.metadata("method", "")
			.metadata("path", "")
			.metadata("auth", "")
			.metadata("a", "")
			.metadata("host", "host:")
			.metadata("cookie", "cookie:")
			.metadata("agent", "User-Agent:"), (link) -> answer(link, 200, link.metadata.asMap().toString()))) {
			client.request(1, true, fields("PUT", "/x/y?a=a%20b&path=evil", "authorization", "Basic x", "user-agent",
					"t", "cookie", "a=1", "cookie", "b=2"));
			assertThat(client.response(1))
				.isEqualTo("200 {method=PUT, path=/x/y, auth=Basic x, a=a b, host=test, cookie=a=1; b=2, agent=t}");
		}
	}

	@Test
	void everyRequestIsAStream() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			client.request(1, true, get("/")).request(3, true, get("/"));
			HttpLink first = fixture().awaitLink();
			HttpLink second = fixture().awaitLink();
			second.run(() -> answer(second, 200, "second"));
			assertThat(client.response(3)).isEqualTo("200 second");
			first.run(() -> answer(first, 200, "first"));
			assertThat(client.response(1)).isEqualTo("200 first");
			assertThat(second.end()).isEqualTo("completed");
		}
	}

	@Test
	void bodiesArriveWithStartAndEnd() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			client.request(1, false, post("/"));
			client.wire.data(1, false, "pay").data(1, true, "load");
			HttpLink link = fixture().awaitLink();
			client.wire.frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
			client.wire.await(Http2FrameWriter.PING);
			link.run(() -> answer(link, 200, link.text()));
			assertThat(client.response(1)).isEqualTo("200 payload");
			assertThat(link.events()).containsExactly("connected 127.0.0.1", "transaction ", "start", "end",
					"completed");
		}
	}

	@Test
	void trailersEndARequest() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.onReceive = (payload, flags) -> {
			if ((flags & 2) != 0) {
				answer(link, 200, "ended");
			}
		})) {
			client.request(1, false, post("/"));
			client.wire.data(1, false, "payload").headers(1, true, "checksum", "1");
			assertThat(client.response(1)).isEqualTo("200 ended");
		}
	}

	@ParameterizedTest
	@CsvSource({ "204,POST", "304,GET", "200,HEAD" })
	void someResponsesHaveNoBody(int status, String method) throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> answer(link, status, "not sent"),
				PeerSettings.INITIAL_WINDOW_SIZE, 0)) {
			client.request(1, true, fields(method, "/"));
			Frame head = client.wire.await(Http2FrameWriter.HEADERS);
			assertThat(head.flags() & Http2FrameWriter.END_STREAM).isEqualTo(Http2FrameWriter.END_STREAM);
			Http2Headers headers = client.decode(head);
			assertThat(headers.status()).hasToString(Integer.toString(status));
			assertThat(headers.contains("content-length")).isEqualTo(status == 200);
		}
		assertThat(fixture().link(0).end()).isEqualTo("completed");
	}

	@Test
	void statusAloneIsAnEmptyResponse() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.accepted().answer(202))) {
			client.request(1, true, get("/"));
			assertThat(client.response(1)).isEqualTo("202 ");
		}
	}

	@Test
	void bodiesWithoutLength() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			link.accepted().acknowledge(200);
			link.sendMore("first ");
		})) {
			client.request(1, true, get("/"));
			assertThat(client.head().contains("content-length")).isFalse();
			HttpLink link = fixture().awaitLink();
			link.run(() -> link.sendMore("second"));
			link.run(link::sendLast);
			assertThat(client.response(1)).isEqualTo("first second");
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 3, 5 })
	void lengthsMustBeKept(long announced) throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			link.accepted().acknowledge(200);
			link.send("four", false).request(announced);
		})) {
			client.request(1, true, get("/"));
			assertThat(client.response(1)).isEqualTo("500 ");
			assertThat(fixture().awaitLink().end()).hasToString(fixture().link(0).failure.toString());
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void policiesMayForbidContentLength() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server().body(new HttpBody(true, false, Multipart.NONE, false)),
				(link) -> answer(link, 200, "text"))) {
			client.request(1, true, get("/"));
			assertThat(client.head().contains("content-length")).isFalse();
			assertThat(client.response(1)).isEqualTo("text");
		}
	}

	@ParameterizedTest
	@CsvSource({ "--b~~1~--b~~2~--b--,true,200 done", "--b~~1~--b~~2,true,400", "--b~~1~--b~~2~--b~~3,false,400",
			"--b~A: 12345678901234567890123456789012345678901234567890123456789012,false,400" })
	void partsOfBodies(String body, boolean end, String answer) throws Exception {
		HttpServerLimits limits = HttpServerLimits.DEFAULTS
			.withMessage(HttpMessageLimits.builder().maxParts(2).maxPartHead(64).build());
		try (FrameClient client = serve(TestHttpPolicy.server().body(new HttpBody(false, false, Multipart.NONE, true)),
				limits, (link) -> link.onReceive = (piece, flags) -> {
					if ((flags & PayloadFlags.RELATED_END) != 0) {
						answer(link, 200, "done");
					}
				})) {
			client.request(1, false, post("/", "content-type", "multipart/form-data; boundary=b"));
			client.wire.data(1, end, body.replace("~", "\r\n"));
			assertThat(client.response(1).strip()).isEqualTo(answer);
			if (!end) {
				assertThat(client.awaitReset(1)).isZero();
			}
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void earlyRefusalsNeedNoBody() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> answer(link, 403, "no"))) {
			client.request(1, false, post("/"));
			assertThat(client.response(1)).isEqualTo("403 no");
			assertThat(client.awaitReset(1)).isZero();
			assertThat(fixture().link(0).end()).isEqualTo("completed");
			// What was on its way does no harm
			client.wire.data(1, false, "late").data(1, true, "late").headers(1, true, "late", "1");
			client.request(3, true, get("/"));
			assertThat(client.response(3)).isEqualTo("403 no");
		}
	}

	@Test
	void earlyAnswersReadOn() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> answer(link, 200, "fine"))) {
			client.request(1, false, post("/"));
			assertThat(client.response(1)).isEqualTo("200 fine");
			client.wire.data(1, true, "body");
			HttpLink link = fixture().awaitLink();
			assertThat(link.end()).isEqualTo("completed");
			assertThat(link.text()).isEqualTo("body");
		}
	}

	@Test
	void saysContinueWhenTheBodyIsWanted() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			if (link.metadata.asMap().isEmpty()) {
				link.accepted().answer(417);
			}
		})) {
			client.request(1, false, post("/", "expect", "100-continue"));
			assertThat(client.response(1)).isEqualTo("417 ");
		}
		stop();
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.onReceive = (payload, flags) -> {
			if ((flags & 2) != 0) {
				answer(link, 200, "done");
			}
		})) {
			client.request(1, false, post("/", "expect", "100-continue"));
			assertThat(client.head().status()).hasToString("100");
			client.wire.data(1, true, "body");
			assertThat(client.response(1)).isEqualTo("200 done");
		}
	}

	@Test
	void smallWindowsHoldBodiesBack() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> answer(link, 200, "hello"),
				PeerSettings.INITIAL_WINDOW_SIZE, 0)) {
			client.request(1, true, get("/"));
			assertThat(client.head().status()).hasToString("200");
			client.wire.windowUpdate(1, 2);
			assertThat(client.wire.await(Http2FrameWriter.DATA).payload()).hasSize(2);
			client.wire.settings(PeerSettings.INITIAL_WINDOW_SIZE, 100);
			assertThat(client.response(1)).isEqualTo("llo");
		}
	}

	@Test
	void creditForAnswersInTinySlotsIsNoAbuse() throws Exception {
		byte[] body = new byte[3000];
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			int[] sent = new int[1];
			link.onWritable = (capacity) -> {
				sent[0] += 3;
				link.put(Unpooled.wrappedBuffer(new byte[3]), sent[0] == body.length);
				if (sent[0] < body.length) {
					link.request(body.length);
				}
			};
			link.accepted().acknowledge(200);
			link.request(body.length);
		})) {
			for (int stream = 1; stream < 120; stream += 2) {
				client.request(stream, true, get("/"));
				for (int left = body.length; left > 0;) {
					Frame frame = client.wire.await(Http2FrameWriter.DATA);
					int length = frame.payload().length;
					left -= length;
					client.wire.windowUpdate(0, length).windowUpdate(stream, length);
				}
			}
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void withoutAWindowOnlyTheHeadGoes() throws Exception {
		AtomicInteger slots = new AtomicInteger();
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			link.onWritable = (capacity) -> {
				slots.incrementAndGet();
				link.put(Unpooled.wrappedBuffer(new byte[5]), true);
			};
			link.accepted().acknowledge(200);
			link.request(5);
		}, PeerSettings.INITIAL_WINDOW_SIZE, 0)) {
			for (int stream = 1; stream < 200; stream += 2) {
				client.request(stream, true, get("/"));
				assertThat(client.head().get("content-length")).hasToString("5");
			}
			assertThat(client.isAlive()).isTrue();
			assertThat(slots).hasValue(0);
			client.wire.windowUpdate(1, 5);
			assertThat(client.wire.await(Http2FrameWriter.DATA).payload()).hasSize(5);
			assertThat(slots).hasValue(1);
		}
	}

	@Test
	void whatIsHeldForSmallWindowsIsBounded() throws Exception {
		AtomicInteger held = new AtomicInteger();
		AtomicInteger slots = new AtomicInteger();
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			link.onWritable = (capacity) -> {
				held.addAndGet(capacity - 1);
				slots.incrementAndGet();
				link.put(Unpooled.wrappedBuffer(new byte[capacity]), false);
			};
			link.accepted().acknowledge(200);
			link.request(-1);
		}, PeerSettings.INITIAL_WINDOW_SIZE, 1)) {
			for (int stream = 1; stream < 200; stream += 2) {
				client.request(stream, true, get("/"));
			}
			Awaitility.await().until(() -> slots.get() >= 100);
			assertThat(client.isAlive()).isTrue();
			assertThat(held.get()).isBetween(16 * 1024, 256 * 1024);
			client.wire.windowUpdate(199, 1);
			Awaitility.await().until(() -> slots.get() >= 101);
			assertThat(held.get()).isLessThanOrEqualTo(256 * 1024);
		}
	}

	@Test
	void requestsThatAreCancelledAreNotKept() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
			link.accepted().acknowledge(200);
			link.send("x".repeat(70_000), false);
		}, PeerSettings.INITIAL_WINDOW_SIZE, 1_000_000)) {
			client.request(1, true, get("/"));
			fixture().awaitLink();
			List<WeakReference<HttpLink>> cancelled = new ArrayList<>();
			for (int stream = 3; stream < 103; stream += 2) {
				client.request(stream, true, get("/"));
				HttpLink link = fixture().awaitLink();
				client.wire.frame(Http2FrameWriter.RST_STREAM, 0, stream, new byte[] { 0, 0, 0, 8 });
				link.closed.get(20, TimeUnit.SECONDS);
				cancelled.add(new WeakReference<>(link));
			}
			fixture().links.clear();
			Awaitility.await().untilAsserted(() -> {
				System.gc();
				assertThat(cancelled.stream().filter((link) -> link.get() != null).count()).isLessThan(5);
			});
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void pausedStreamsStopTheirClientOnly() throws Exception {
		int window = HttpServerLimits.DEFAULTS.http2().streamWindow();
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.transport().pauseReading())) {
			client.request(1, false, post("/"));
			HttpLink link = fixture().awaitLink();
			byte[] piece = new byte[8192];
			for (int sent = 0; sent < window; sent += piece.length) {
				client.wire.frame(Http2FrameWriter.DATA, 0, 1, piece);
			}
			assertThat(client.isAlive()).isTrue();
			assertThat(link.bytes()).isEmpty();
			link.run(link.transport()::resumeReading);
			while (client.wire.await(Http2FrameWriter.WINDOW_UPDATE).streamId() != 1) {
				// That of the connection
			}
			client.wire.data(1, true, "end");
			link.run(() -> answer(link, 200, "fine"));
			assertThat(client.response(1)).isEqualTo("200 fine");
			assertThat(link.end()).isEqualTo("completed");
			assertThat(link.bytes()).hasSize(window + 3);
		}
	}

	@Test
	void clientsThatIgnoreWindowsAreDropped() throws Exception {
		int window = HttpServerLimits.DEFAULTS.http2().streamWindow();
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.transport().pauseReading())) {
			client.request(1, false, post("/"));
			byte[] piece = new byte[8192];
			for (int sent = 0; sent <= window; sent += piece.length) {
				client.wire.frame(Http2FrameWriter.DATA, 0, 1, piece);
			}
			assertThat(client.awaitGoAway()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET,/other,404", "CONNECT,,501", "GET,/served?long,414" })
	void answersWhatIsNobodys(String method, @Nullable String path, int status) throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server().url("/served"), (link) -> answer(link, 200, "fine"))) {
			if (path == null) {
				client.request(1, false, ":method", method, ":authority", "test:443");
			}
			else {
				client.request(1, false, fields(method, path.replace("long", "x".repeat(9000))));
			}
			assertThat(client.response(1)).isEqualTo(status + " ");
			assertThat(client.awaitReset(1)).isZero();
			client.request(3, true, get("/served/x"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
	}

	@Test
	void tooMuchBodyIsRefused() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), HttpServerLimits.builder().maxBodySize(10).build(),
				(link) -> {
				})) {
			client.request(1, false, post("/", "content-length", "11"));
			assertThat(client.response(1)).isEqualTo("413 ");
			assertThat(fixture().links).isEmpty();
			client.request(3, false, post("/"));
			client.wire.data(3, false, "0123456789").data(3, false, "0");
			assertThat(client.response(3)).isEqualTo("413 ");
			assertThat(fixture().awaitLink().end()).hasToString(fixture().link(0).failure.toString());
		}
	}

	@Test
	void refusedStreamsAreUnavailable() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			fixture().refusing = true;
			client.request(1, true, get("/"));
			assertThat(client.response(1)).isEqualTo("503 ");
		}
	}

	@Test
	void cancelledRequestsEndTheirStream() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			client.request(1, true, get("/"));
			HttpLink link = fixture().awaitLink();
			client.wire.reset(1, 8);
			assertThat(link.end()).hasToString(link.failure.toString());
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void streamsThatCloseReset() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> link.transport().close())) {
			client.request(1, false, post("/"));
			assertThat(client.response(1)).isEqualTo("reset 8");
			assertThat(client.isAlive()).isTrue();
		}
	}

	@Test
	void drainsInTwoSteps() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			client.request(1, true, get("/"));
			HttpLink first = fixture().awaitLink();
			fixture().drain();
			Frame announced = client.wire.await(Http2FrameWriter.GOAWAY);
			assertThat(announced.payload()).startsWith(0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0);
			// Was on its way
			client.request(3, true, get("/"));
			HttpLink second = fixture().awaitLink();
			Frame ping = client.wire.await(Http2FrameWriter.PING);
			client.wire.frame(Http2FrameWriter.PING, Http2FrameWriter.ACK, 0, ping.payload());
			assertThat(client.wire.await(Http2FrameWriter.GOAWAY).payload()).startsWith(0, 0, 0, 3, 0, 0, 0, 0);
			client.request(5, true, get("/"));
			assertThat(client.awaitReset(5)).isEqualTo(7);
			first.run(() -> answer(first, 200, "first"));
			assertThat(client.response(1)).isEqualTo("200 first");
			second.run(() -> answer(second, 200, "second"));
			assertThat(client.response(3)).isEqualTo("200 second");
			client.wire.awaitClose();
		}
	}

	@Test
	void idleConnectionsClose() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), HttpServerLimits.DEFAULTS
			.withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(200)),
				(link) -> answer(link, 200, "fine"))) {
			client.request(1, true, get("/"));
			assertThat(client.response(1)).isEqualTo("200 fine");
			assertThat(client.wire.await(Http2FrameWriter.GOAWAY).errorCode()).isZero();
			client.wire.awaitClose();
		}
	}

	@Test
	void clientsMayLeave() throws Exception {
		try (FrameClient client = serve(TestHttpPolicy.server(), (link) -> {
		})) {
			client.request(1, true, get("/"));
			client.wire.goAway(0, 0);
			HttpLink link = fixture().awaitLink();
			link.run(() -> answer(link, 200, "fine"));
			assertThat(client.response(1)).isEqualTo("200 fine");
			client.wire.awaitClose();
		}
	}

}
