package io.securestreams.transport.http2.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.limits.Http2ServerLimits;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.HttpLink;
import io.securestreams.transport.http.TestHttpPolicy;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Connection;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.PeerSettings;

import static io.securestreams.transport.http2.server.FrameClient.fields;
import static io.securestreams.transport.http2.server.FrameClient.get;
import static io.securestreams.transport.http2.server.FrameClient.post;
import static io.securestreams.transport.http2.server.Http2ServerFixture.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What servers do with clients that break the rules or mean harm (RFC 9113 section 10.5):
 * they are refused, in the mildest way that helps, and others are served.
 */
@Timeout(120)
class HostileClientTests {

	private static final int PROTOCOL_ERROR = 1;

	private static final int REFUSED_STREAM = 7;

	private static final int CANCEL = 8;

	private static final int COMPRESSION_ERROR = 9;

	private static final int ENHANCE_YOUR_CALM = 11;

	private static final HttpServerLimits IMPATIENT = HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofSeconds(20),
			Duration.ofMillis(300), Duration.ofSeconds(20));

	private Http2ServerFixture fixture = serve(HttpServerLimits.DEFAULTS);

	@AfterEach
	void stop() {
		this.fixture.close();
	}

	private static Http2ServerFixture serve(HttpServerLimits limits) {
		return new Http2ServerFixture(TestHttpPolicy.server().metadata("path", ""), limits, (link) -> {
			if ("/".equals(link.metadata.get("path"))) {
				answer(link, 200, "fine");
			}
			else if ("/large".equals(link.metadata.get("path"))) {
				answer(link, 200, "x".repeat(16 * 1024));
			}
		});
	}

	private void restart(HttpServerLimits limits) {
		this.fixture.close();
		this.fixture = serve(limits);
	}

	private FrameClient connect(int... settings) {
		return this.fixture.connect(settings);
	}

	private void assertOthersAreServed() throws Exception {
		try (FrameClient other = connect()) {
			other.request(1, true, get("/"));
			assertThat(other.response(1)).isEqualTo("200 fine");
		}
	}

	private void assertNoStreamIsLeft() {
		await().atMost(20, TimeUnit.SECONDS)
			.until(() -> this.fixture.links.stream()
				.allMatch((link) -> link.closed.isDone() || link.completed.isDone()));
	}

	static Stream<List<String>> malformedRequests() {
		return Stream.of(
				// Missing, repeated, unknown or misplaced pseudo headers
				new String[] { ":method", "GET", ":scheme", "http", ":authority", "test" },
				new String[] { ":scheme", "http", ":path", "/", ":authority", "test" },
				new String[] { ":method", "GET", ":path", "/", ":authority", "test" }, get("/", ":path", "/other"),
				get("/", ":authority", "other"), get("/", ":method", "GET"), get("/", ":unknown", "1"),
				get("/", ":status", "200"), get("/", "x", "1", ":scheme", "http"), fields("GET", "", "x", "1"),
				fields("GET", "no-slash"), fields("GET", "*"), fields("GET", "/a b"), fields("GET", "/a#b"),
				fields("G T", "/"), get("/", ":protocol", "websocket"),
				new String[] { ":method", "CONNECT", ":authority", "test:443", ":path", "/", ":scheme", "http" },
				// Fields
				get("/", "Upper", "1"), get("/", "", "1"), get("/", "a b", "1"), get("/", "connection", "close"),
				get("/", "transfer-encoding", "chunked"), get("/", "upgrade", "h2c"), get("/", "keep-alive", "1"),
				get("/", "proxy-connection", "1"), get("/", "te", "gzip"), get("/", "x", "a\rb"), get("/", "x", "a\nb"),
				get("/", "x", "a\0b"), get("/", "host", "other"), get("/", "host", "test", "host", "test"),
				// Lengths
				get("/", "content-length", "5"), get("/", "content-length", "-1"), get("/", "content-length", "0x1"),
				get("/", "content-length", "0", "content-length", "0"), get("/", "content-length", ""))
			.map(Arrays::asList);
	}

	@ParameterizedTest
	@MethodSource("malformedRequests")
	void malformedRequestsAreReset(List<String> request) throws Exception {
		try (FrameClient client = connect()) {
			client.request(1, true, request.toArray(String[]::new));
			assertThat(client.awaitReset(1)).isEqualTo(PROTOCOL_ERROR);
			client.request(3, true, get("/", "te", "trailers", "host", "test"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
		assertThat(this.fixture.links).hasSize(1);
	}

	static Stream<List<String>> wrongHosts() {
		return Stream.of("", "a b", "user@host", "a/b", "a,b", "<a>")
			.map((host) -> (host.isEmpty()) ? new String[] { ":method", "GET", ":scheme", "http", ":path", "/" }
					: new String[] { ":method", "GET", ":scheme", "http", ":path", "/", ":authority", host })
			.map(Arrays::asList);
	}

	@ParameterizedTest
	@MethodSource("wrongHosts")
	void requestsNeedAHost(List<String> request) throws Exception {
		try (FrameClient client = connect()) {
			client.request(1, true, request.toArray(String[]::new));
			assertThat(client.response(1)).isEqualTo("400 ");
		}
	}

	@Test
	void bodiesMustHaveTheirLength() throws Exception {
		try (FrameClient client = connect()) {
			client.request(1, false, post("/wait", "content-length", "4"));
			client.wire.data(1, true, "abc");
			assertThat(client.response(1)).isEqualTo("reset " + PROTOCOL_ERROR);
			client.request(3, false, post("/wait", "content-length", "4"));
			client.wire.data(3, false, "abcde");
			assertThat(client.response(3)).isEqualTo("reset " + PROTOCOL_ERROR);
			client.request(5, false, post("/wait", "content-length", "4"));
			client.wire.data(5, false, "abc").headers(5, true, "trailer", "1");
			assertThat(client.response(5)).isEqualTo("reset " + PROTOCOL_ERROR);
			client.request(7, false, post("/wait"));
			client.wire.headers(7, true, ":path", "/");
			assertThat(client.response(7)).isEqualTo("reset " + PROTOCOL_ERROR);
			client.request(9, true, get("/"));
			assertThat(client.response(9)).isEqualTo("200 fine");
		}
		assertNoStreamIsLeft();
	}

	@Test
	void onlyHttp2IsSpoken() throws Exception {
		try (java.net.Socket socket = new java.net.Socket("127.0.0.1", this.fixture.port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: test\r\n\r\n".getBytes());
			byte[] answer = socket.getInputStream().readAllBytes();
			// SETTINGS, then GOAWAY with PROTOCOL_ERROR
			assertThat(Arrays.copyOf(answer, 4)[3]).isEqualTo((byte) Http2FrameWriter.SETTINGS);
			assertThat(new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1)).contains("preface");
		}
		assertOthersAreServed();
	}

	/**
	 * Frames that cost the server work and bring it nothing, each of them allowed.
	 */
	enum Flood {

		PING {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
			}
		},

		SETTINGS {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.settings(PeerSettings.INITIAL_WINDOW_SIZE, count);
			}
		},

		PRIORITY {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.frame(Http2FrameWriter.PRIORITY, 0, 3, new byte[5]);
			}
		},

		UNKNOWN {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.frame(0x42, 0, 0);
			}
		},

		EMPTY_DATA {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.frame(Http2FrameWriter.DATA, 0, 1);
			}
		},

		WINDOW_UPDATE {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.windowUpdate(1, 1);
			}
		},

		RESET {
			@Override
			void send(Connection wire, int count) throws IOException {
				int id = 3 + 2 * count;
				wire.headers(id, true, get("/wait")).reset(id, CANCEL);
			}
		},

		/** Resets that the client provokes (CVE-2025-8671). */
		MISTAKE {
			@Override
			void send(Connection wire, int count) throws IOException {
				int id = 3 + 2 * count;
				wire.headers(id, false, post("/wait")).windowUpdate(id, Integer.MAX_VALUE);
			}
		},

		MALFORMED {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.headers(3 + 2 * count, true, "x", "1");
			}
		},

		EXCESS {
			@Override
			void send(Connection wire, int count) throws IOException {
				wire.headers(3 + 2 * count, true, get("/wait"));
			}
		};

		abstract void send(Connection wire, int count) throws IOException;

	}

	@ParameterizedTest
	@EnumSource
	void floodsAreStopped(Flood flood) throws Exception {
		try (FrameClient client = connect()) {
			client.request(1, false, post("/wait"));
			FramePeer.start(() -> {
				try {
					for (int i = 0; i < 1_000_000; i++) {
						flood.send(client.wire, i);
					}
				}
				catch (IOException ex) {
					// The server has had enough
				}
			});
			assertThat(client.awaitGoAway()).isEqualTo(ENHANCE_YOUR_CALM);
			client.wire.awaitClose();
			assertOthersAreServed();
		}
		assertNoStreamIsLeft();
		// Not one for each frame
		assertThat(this.fixture.links).hasSizeLessThan(1000);
	}

	@Test
	void manyContinuationsAreStopped() throws Exception {
		try (FrameClient client = connect()) {
			client.wire.frame(Http2FrameWriter.HEADERS, Http2FrameWriter.END_STREAM, 1, Connection.block(get("/")));
			for (int i = 0; i <= HttpServerLimits.DEFAULTS.http2().maxContinuations(); i++) {
				client.wire.frame(Http2FrameWriter.CONTINUATION, 0, 1);
			}
			assertThat(client.awaitGoAway()).isEqualTo(ENHANCE_YOUR_CALM);
		}
		assertOthersAreServed();
	}

	@Test
	void headersTooLargeAreRefused() throws Exception {
		try (FrameClient client = connect()) {
			String[] many = new String[600];
			for (int i = 0; i < many.length; i += 2) {
				many[i] = "n" + i;
				many[i + 1] = "v";
			}
			client.request(1, true, get("/", many));
			assertThat(client.response(1)).isEqualTo("431 ");
			client.request(3, false, get("/", "a", "x".repeat(6000), "b", "x".repeat(6000)));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
		restart(HttpServerLimits.DEFAULTS.withMessage(HttpMessageLimits.builder()
			.maxLineLength(1024)
			.maxHeaderSize(4096)
			.maxHeaders(100)
			.maxChunkExtensions(0)
			.maxParts(1)
			.maxPartHead(64)
			.build()));
		try (FrameClient client = connect()) {
			client.request(1, false, get("/", "a", "x".repeat(6000)));
			assertThat(client.response(1)).isEqualTo("431 ");
			assertThat(client.awaitReset(1)).isZero();
			client.request(3, true, get("/"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
	}

	@Test
	void compressionBombsAreRefused() throws Exception {
		try (FrameClient client = connect()) {
			ByteBuf block = Unpooled.buffer();
			block.writeBytes(Connection.block(get("/")));
			// 4000 bytes into the table, and out of it as often as a frame takes
			block.writeByte(0x40).writeByte(1).writeByte('x');
			block.writeByte(127).writeByte(0x80 | ((4000 - 127) & 127)).writeByte((4000 - 127) >> 7).writeZero(0);
			for (int i = 0; i < 4000; i++) {
				block.writeByte('x');
			}
			for (int i = 0; i < 10_000; i++) {
				block.writeByte(0x80 | 62);
			}
			client.wire.frame(Http2FrameWriter.HEADERS, Http2FrameWriter.END_HEADERS | Http2FrameWriter.END_STREAM, 1,
					Connection.bytes(block));
			assertThat(client.response(1)).isEqualTo("431 ");
			client.request(3, true, get("/"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
	}

	@Test
	void brokenCompressionEndsTheConnection() throws Exception {
		try (FrameClient client = connect()) {
			client.wire.frame(Http2FrameWriter.HEADERS, Http2FrameWriter.END_HEADERS, 1, new byte[] { (byte) 0xff });
			assertThat(client.awaitGoAway()).isEqualTo(COMPRESSION_ERROR);
		}
		assertOthersAreServed();
	}

	@Test
	void concurrentStreamsAreLimited() throws Exception {
		Http2ServerLimits few = Http2ServerLimits.builder().maxConcurrentStreams(2).build();
		restart(HttpServerLimits.builder().http2(few).build());
		try (FrameClient client = connect()) {
			client.request(1, true, get("/wait")).request(3, true, get("/wait")).request(5, true, get("/"));
			assertThat(client.awaitReset(5)).isEqualTo(REFUSED_STREAM);
			HttpLink first = this.fixture.awaitLink();
			first.run(() -> answer(first, 200, "first"));
			assertThat(client.response(1)).isEqualTo("200 first");
			client.request(7, true, get("/"));
			assertThat(client.response(7)).isEqualTo("200 fine");
		}
	}

	@Test
	void slowHeadsAreStopped() throws Exception {
		restart(HttpServerLimits.DEFAULTS.withTimeouts(Duration.ofMillis(300), Duration.ofSeconds(20),
				Duration.ofSeconds(20)));
		try (FrameClient client = connect()) {
			client.wire.frame(Http2FrameWriter.HEADERS, 0, 1, Connection.block(get("/")));
			assertThat(client.awaitGoAway()).isEqualTo(ENHANCE_YOUR_CALM);
			client.wire.awaitClose();
		}
		try (FrameClient client = connect()) {
			client.wire.raw((byte) 0, (byte) 0);
			assertThat(client.awaitGoAway()).isEqualTo(ENHANCE_YOUR_CALM);
		}
		try (java.net.Socket silent = new java.net.Socket("127.0.0.1", this.fixture.port())) {
			silent.setSoTimeout(20_000);
			assertThat(silent.getInputStream().readAllBytes()).isNotEmpty();
		}
		// Who takes as long to say what he wants is one of them
		await().atMost(20, TimeUnit.SECONDS).ignoreExceptions().untilAsserted(this::assertOthersAreServed);
	}

	@Test
	void slowBodiesAreStopped() throws Exception {
		restart(IMPATIENT);
		try (FrameClient client = connect()) {
			client.request(1, false, post("/wait"));
			client.wire.data(1, false, "some");
			assertThat(client.response(1)).isEqualTo("408 ");
			client.request(3, true, get("/"));
			assertThat(client.response(3)).isEqualTo("200 fine");
		}
		assertNoStreamIsLeft();
	}

	@Test
	void closedWindowsAreNotWaitedForForever() throws Exception {
		restart(IMPATIENT);
		try (FrameClient client = connect(PeerSettings.INITIAL_WINDOW_SIZE, 0)) {
			client.request(1, true, get("/"));
			assertThat(client.response(1)).isEqualTo("200 reset " + CANCEL);
			assertThat(client.isAlive()).isTrue();
		}
		assertNoStreamIsLeft();
	}

	@Test
	void slowApplicationsAreWaitedFor() throws Exception {
		restart(IMPATIENT);
		try (FrameClient client = connect()) {
			client.request(1, true, get("/wait")).request(3, false, post("/wait"));
			// The second one has to move, the first one is the application's
			assertThat(client.response(3)).isEqualTo("408 ");
			HttpLink first = this.fixture.awaitLink();
			first.run(() -> answer(first, 200, "first"));
			assertThat(client.response(1)).isEqualTo("200 first");
		}
	}

	/** Requests without end, whose answers nobody reads. */
	@Test
	void whoDoesNotReadIsNotRead() throws Exception {
		restart(IMPATIENT);
		try (java.net.Socket socket = new java.net.Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new java.net.InetSocketAddress("127.0.0.1", this.fixture.port()));
			Connection wire = new Connection(socket, 0);
			wire.raw(Http2FrameWriter.PREFACE).settings().windowUpdate(0, Integer.MAX_VALUE - 65535);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				for (int id = 1; id > 0; id += 2) {
					wire.headers(id, true, get("/large"));
				}
			});
		}
		assertNoStreamIsLeft();
		// 16 KiB each: what sockets hold, and little more
		assertThat(this.fixture.links).hasSizeLessThan(2000);
		assertOthersAreServed();
	}

	@Test
	void lowerStreamsCannotBeOpened() throws Exception {
		try (FrameClient client = connect()) {
			client.request(5, true, get("/wait")).request(3, true, get("/"));
			assertThat(client.awaitGoAway()).isPositive();
		}
		try (FrameClient client = connect()) {
			client.request(2, true, get("/"));
			assertThat(client.awaitGoAway()).isEqualTo(PROTOCOL_ERROR);
		}
		assertOthersAreServed();
		assertNoStreamIsLeft();
	}

	@Test
	void lostConnectionsEndTheirStreams() throws Exception {
		try (FrameClient client = connect()) {
			client.request(1, true, get("/wait")).request(3, false, post("/wait"));
			this.fixture.awaitLink();
			this.fixture.awaitLink();
		}
		assertNoStreamIsLeft();
	}

}
