package io.securestreams.transport.http2.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Connection;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

/**
 * A client on a JDK socket that sends what a test tells it to, frame by frame.
 */
final class FrameClient implements AutoCloseable {

	private static final int ANY = -3;

	private final Socket socket;

	final Connection wire;

	private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

	/** Connects, and sends preface and settings. */
	FrameClient(int port, int... settings) {
		try {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setTcpNoDelay(true);
			this.wire = new Connection(this.socket, 0);
			this.wire.raw(Http2FrameWriter.PREFACE).settings(settings);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		FramePeer.start(() -> this.wire.readAll(0));
	}

	static String[] get(String path, String... more) {
		return fields("GET", path, more);
	}

	static String[] post(String path, String... more) {
		return fields("POST", path, more);
	}

	static String[] fields(String method, String path, String... more) {
		List<String> fields = new ArrayList<>(
				List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "test"));
		fields.addAll(List.of(more));
		return fields.toArray(String[]::new);
	}

	FrameClient request(int streamId, boolean end, String... fields) throws IOException {
		this.wire.headers(streamId, end, fields);
		return this;
	}

	/** Status and body of the response on a stream, once complete. */
	String response(int streamId) throws Exception {
		StringBuilder text = new StringBuilder();
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		while (true) {
			Frame frame = this.wire.await(ANY);
			if (frame.type() == Http2FrameWriter.RST_STREAM && frame.streamId() == streamId) {
				return text + "reset " + frame.errorCode();
			}
			if (frame.type() == Http2FrameWriter.GOAWAY && frame.errorCode() != 0) {
				return text + "goaway " + frame.errorCode();
			}
			if (frame.type() == Http2FrameWriter.HEADERS) {
				Http2Headers headers = decode(frame);
				if (frame.streamId() == streamId) {
					text.append(headers.status()).append(' ');
				}
			}
			if (frame.type() == Http2FrameWriter.DATA && frame.streamId() == streamId) {
				body.writeBytes(frame.payload());
			}
			if (frame.streamId() == streamId && frame.type() <= Http2FrameWriter.HEADERS
					&& (frame.flags() & Http2FrameWriter.END_STREAM) != 0) {
				return text + body.toString(StandardCharsets.UTF_8);
			}
		}
	}

	/** The head of the next response, on whatever stream. */
	Http2Headers head() throws Exception {
		return decode(this.wire.await(Http2FrameWriter.HEADERS));
	}

	Http2Headers decode(Frame frame) throws Http2Exception {
		return this.decoder.decodeHeaders(frame.streamId(), Unpooled.wrappedBuffer(frame.payload()));
	}

	/** Error code of the next RST_STREAM. */
	int awaitReset(int streamId) throws Exception {
		Frame frame = this.wire.await(Http2FrameWriter.RST_STREAM);
		if (frame.streamId() != streamId) {
			throw new AssertionError("reset of stream " + frame.streamId());
		}
		return frame.errorCode();
	}

	/** Error code of the GOAWAY that is not about leaving in peace. */
	int awaitGoAway() throws Exception {
		while (true) {
			int code = this.wire.await(Http2FrameWriter.GOAWAY).errorCode();
			if (code != 0) {
				return code;
			}
		}
	}

	/** Whether the server goes on serving: no frame in between but the answer's. */
	boolean isAlive() throws Exception {
		this.wire.frame(Http2FrameWriter.PING, 0, 0, new byte[8]);
		try {
			return this.wire.await(Http2FrameWriter.PING).flags() == Http2FrameWriter.ACK;
		}
		catch (EOFException ex) {
			return false;
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
