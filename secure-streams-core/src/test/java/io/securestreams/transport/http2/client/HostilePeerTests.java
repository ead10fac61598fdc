package io.securestreams.transport.http2.client;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Connection;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that break the protocol: the stream fails, the connection is dropped with the
 * right error code, the next request is served on a new one.
 */
class HostilePeerTests {

	private static final int FLOOD = 100_000;

	private static final String[] OK = { ":status", "200" };

	static Stream<Case> cases() {
		return Stream.of(bad("starts with PING", Http2Error.PROTOCOL_ERROR, Phase.PROTOCOL, (c, id) -> {
		}) //
			.opening((c) -> c.frame(Http2FrameWriter.PING, 0, 0, new byte[8])),
				bad("starts with HTTP/1.1", Http2Error.FRAME_SIZE_ERROR, Phase.PROTOCOL, (c, id) -> {
				}).opening((c) -> c.raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes())),
				bad("frame too large", Http2Error.FRAME_SIZE_ERROR,
						(c, id) -> c.raw((byte) 0, (byte) 0x40, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
								(byte) 0, (byte) 1)),
				bad("PING of 7 bytes", Http2Error.FRAME_SIZE_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.PING, 0, 0, new byte[7])),
				bad("PING on a stream", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.PING, 0, id, new byte[8])),
				bad("SETTINGS of 5 bytes", Http2Error.FRAME_SIZE_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.SETTINGS, 0, 0, new byte[5])),
				bad("SETTINGS on a stream", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.SETTINGS, 0, id, new byte[6])),
				bad("SETTINGS ack with payload", Http2Error.FRAME_SIZE_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.SETTINGS, Http2FrameWriter.ACK, 0, new byte[6])),
				bad("INITIAL_WINDOW_SIZE too large", Http2Error.FLOW_CONTROL_ERROR, (c, id) -> c.settings(4, -1)),
				bad("MAX_FRAME_SIZE too small", Http2Error.PROTOCOL_ERROR, (c, id) -> c.settings(5, 100)),
				bad("ENABLE_PUSH from a server", Http2Error.PROTOCOL_ERROR, (c, id) -> c.settings(2, 1)),
				bad("PUSH_PROMISE", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.PUSH_PROMISE, Http2FrameWriter.END_HEADERS, id,
								Connection.integer(2))),
				bad("HEADERS on stream 0", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(0, true, OK)),
				bad("HEADERS on an idle stream", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id + 2, true, OK)),
				bad("HEADERS on a stream of the server", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(2, true, OK)),
				bad("DATA on an idle stream", Http2Error.PROTOCOL_ERROR, (c, id) -> c.data(id + 2, true, "x")),
				bad("DATA before HEADERS", Http2Error.PROTOCOL_ERROR, (c, id) -> c.data(id, true, "x")),
				bad("RST_STREAM on an idle stream", Http2Error.PROTOCOL_ERROR, (c, id) -> c.reset(id + 2, 0)),
				bad("RST_STREAM of 3 bytes", Http2Error.FRAME_SIZE_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.RST_STREAM, 0, id, new byte[3])),
				bad("WINDOW_UPDATE by 0", Http2Error.PROTOCOL_ERROR, (c, id) -> c.windowUpdate(id, 0)),
				bad("WINDOW_UPDATE on an idle stream", Http2Error.PROTOCOL_ERROR, (c, id) -> c.windowUpdate(id + 2, 1)),
				bad("stream window overflow", Http2Error.FLOW_CONTROL_ERROR,
						(c, id) -> c.windowUpdate(id, Integer.MAX_VALUE)),
				bad("connection window overflow", Http2Error.FLOW_CONTROL_ERROR,
						(c, id) -> c.windowUpdate(0, Integer.MAX_VALUE)),
				bad("CONTINUATION without HEADERS", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.CONTINUATION, Http2FrameWriter.END_HEADERS, id)),
				bad("CONTINUATION on another stream", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.HEADERS, 0, id)
							.frame(Http2FrameWriter.CONTINUATION, Http2FrameWriter.END_HEADERS, id + 2)),
				bad("PING inside a header block", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.HEADERS, 0, id)
							.frame(Http2FrameWriter.PING, 0, 0, new byte[8])),
				bad("broken HPACK", Http2Error.COMPRESSION_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.HEADERS, Http2FrameWriter.END_HEADERS, id, (byte) 0xFF,
								(byte) 0xFF)),
				bad("HPACK index beyond the table", Http2Error.COMPRESSION_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.HEADERS, Http2FrameWriter.END_HEADERS, id, (byte) 0xBE)),
				bad("padding longer than DATA", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, OK)
							.frame(Http2FrameWriter.DATA, Http2FrameWriter.PADDED, id, (byte) 9, (byte) 0)),
				bad("padding longer than HEADERS", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.frame(Http2FrameWriter.HEADERS,
								Http2FrameWriter.PADDED | Http2FrameWriter.END_HEADERS, id, (byte) 9, (byte) 0)),
				bad("no :status", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id, true, "a", "b")),
				bad("two :status", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", ":status", "404")),
				bad("odd :status", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id, true, ":status", "2x0")),
				bad(":path in a response", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", ":path", "/")),
				bad("pseudo header after others", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, "a", "b", ":status", "200")),
				bad("upper case name", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", "Server", "x")),
				bad("empty name", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id, true, ":status", "200", "", "x")),
				bad("line end in a value", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", "a", "b\r\nc: d")),
				bad("connection header", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", "connection", "close")),
				bad("transfer-encoding", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", "transfer-encoding", "chunked")),
				bad("101", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id, false, ":status", "101")),
				bad("1xx with END_STREAM", Http2Error.PROTOCOL_ERROR, (c, id) -> c.headers(id, true, ":status", "103")),
				bad("two content-lengths", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "200", "content-length", "1", "content-length",
								"2")),
				bad("content-length that is no number", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "200", "content-length", "-1")),
				bad("body shorter than content-length", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "200", "content-length", "5").data(id, true, "abc")),
				bad("body longer than content-length", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "200", "content-length", "2").data(id, true, "abc")),
				bad("no body despite content-length", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, true, ":status", "200", "content-length", "2")),
				bad("body of a 204", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "204").data(id, true, "abc")),
				bad("body of a 304", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, ":status", "304").data(id, true, "abc")),
				bad("second head", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, OK).headers(id, false, OK)),
				bad("pseudo header in trailers", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c.headers(id, false, OK).headers(id, true, OK)),
				bad("too many headers", Http2Error.PROTOCOL_ERROR, (c, id) -> {
					String[] fields = new String[2 * 300];
					fields[0] = ":status";
					fields[1] = "200";
					for (int i = 2; i < fields.length; i += 2) {
						fields[i] = "h" + i;
						fields[i + 1] = "";
					}
					c.headers(id, true, fields);
				}),
				bad("header list too large", Http2Error.PROTOCOL_ERROR,
						(c, id) -> c
							.frame(Http2FrameWriter.HEADERS, 0, id,
									Connection.block(":status", "200", "a", "x".repeat(16000)))
							.frame(Http2FrameWriter.CONTINUATION, Http2FrameWriter.END_HEADERS, id,
									Connection.block(many(30)))),
				bad("header block too large", Http2Error.ENHANCE_YOUR_CALM, (c, id) -> {
					c.frame(Http2FrameWriter.HEADERS, 0, id, Connection.block("a", "x".repeat(16000)));
					for (int i = 0; i < 3; i++) {
						c.frame(Http2FrameWriter.CONTINUATION, 0, id, Connection.block("a", "x".repeat(16000)));
					}
				}), flood("CONTINUATION flood", (c, id) -> {
					c.frame(Http2FrameWriter.HEADERS, 0, id);
					for (int i = 0; i < FLOOD; i++) {
						c.frame(Http2FrameWriter.CONTINUATION, 0, id);
					}
				}), flood("1xx flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.headers(id, false, ":status", "103");
					}
				}), flood("PING flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
					}
				}), flood("PING ack flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.frame(Http2FrameWriter.PING, Http2FrameWriter.ACK, 0, new byte[8]);
					}
				}), flood("SETTINGS flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.settings();
					}
				}), flood("empty DATA flood", (c, id) -> {
					c.headers(id, false, OK);
					for (int i = 0; i < FLOOD; i++) {
						c.data(id, false, "");
					}
				}), flood("RST_STREAM flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.reset(id, Http2Error.CANCEL.code());
					}
				}).phase(Phase.CONNECTION), flood("PRIORITY flood", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.frame(Http2FrameWriter.PRIORITY, 0, id, new byte[5]);
					}
				}), flood("unknown frames", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.frame(0x42, 0, 0);
					}
				}), flood("small WINDOW_UPDATEs", (c, id) -> {
					for (int i = 0; i < FLOOD; i++) {
						c.windowUpdate(0, 1);
					}
				}), bad("more DATA than the stream's window", Http2Error.FLOW_CONTROL_ERROR, (c, id) -> {
					c.headers(id, false, OK);
					for (int i = 0; i <= Http2Limits.DEFAULT.streamWindow() / 16384; i++) {
						c.frame(Http2FrameWriter.DATA, 0, id, new byte[16384]);
					}
				}).paused());
	}

	@ParameterizedTest
	@MethodSource("cases")
	void failsTheStreamAndDropsTheConnection(Case test) {
		CompletableFuture<Frame> goAway = new CompletableFuture<>();
		FramePeer.Script script = (connection) -> {
			if (connection.number > 1) {
				Frame request = connection.awaitRequest();
				connection.headers(request.streamId(), true, OK);
				connection.awaitClose();
				return;
			}
			if (test.opening != null) {
				test.opening.write(connection, 1);
			}
			else {
				Frame request = connection.awaitRequest();
				try {
					test.attack.write(connection, request.streamId());
				}
				catch (IOException ex) {
					// The client has had enough
				}
			}
			goAway.complete(connection.await(Http2FrameWriter.GOAWAY));
			connection.awaitClose();
		};
		try (FramePeer peer = new FramePeer(script); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink link = client.stream(Http2Policies.get("/").build(), peer.port());
			if (test.paused) {
				link.onConnected(() -> link.transport().pauseReading());
			}
			link.connect();
			assertThat(link.awaitFailure().phase()).as(String.valueOf(link.awaitFailure())).isEqualTo(test.phase);
			assertThat(link.events).doesNotContain("EOM", "acknowledged", "rejected", "completed");
			assertThat(Http2TestLink.await(goAway).errorCode()).isEqualTo((int) test.error.code());
			Http2TestLink next = client.stream(Http2Policies.get("/").build(), peer.port()).connect();
			assertThat(next.awaitEnd()).isEqualTo("completed");
			assertThat(peer.connections).hasValue(2);
		}
	}

	/** Small fields, which count for more than they weigh. */
	private static String[] many(int count) {
		String[] fields = new String[2 * count + 2];
		java.util.Arrays.fill(fields, "a");
		fields[1] = "x".repeat(16000);
		return fields;
	}

	private static Case bad(String name, Http2Error error, Attack attack) {
		return bad(name, error, Phase.PROTOCOL, attack);
	}

	private static Case bad(String name, Http2Error error, Phase phase, Attack attack) {
		return new Case(name, error, phase, attack);
	}

	private static Case flood(String name, Attack attack) {
		return bad(name, Http2Error.ENHANCE_YOUR_CALM, attack);
	}

	/**
	 * What a peer does to a stream.
	 */
	interface Attack {

		void write(Connection connection, int streamId) throws Exception;

	}

	/**
	 * Likewise, before anything else.
	 */
	interface Opening {

		void write(Connection connection) throws Exception;

	}

	/**
	 * A peer and what is expected of us.
	 */
	static final class Case {

		private final String name;

		private final Http2Error error;

		private Phase phase;

		private final Attack attack;

		private Attack opening;

		private boolean paused;

		Case(String name, Http2Error error, Phase phase, Attack attack) {
			this.name = name;
			this.error = error;
			this.phase = phase;
			this.attack = attack;
		}

		Case opening(Opening opening) {
			this.opening = (connection, id) -> opening.write(connection);
			return this;
		}

		Case phase(Phase phase) {
			this.phase = phase;
			return this;
		}

		Case paused() {
			this.paused = true;
			return this;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
