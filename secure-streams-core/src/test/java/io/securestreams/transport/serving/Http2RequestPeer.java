package io.securestreams.transport.serving;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;

import io.securestreams.transport.http2.FramePeer;
import io.securestreams.transport.http2.FramePeer.Connection;
import io.securestreams.transport.http2.FramePeer.Frame;
import io.securestreams.transport.http2.frame.Http2FrameWriter;

/**
 * Does requests beside each other.
 */
final class Http2RequestPeer extends RequestPeer {

	private static final int ANY = -3;

	private final Connection wire;

	private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

	private final Map<Integer, Seen> seen = new TreeMap<>();

	private int next = 1;

	Http2RequestPeer(Socket socket) throws IOException {
		super(socket);
		this.wire = new Connection(socket, 0);
		this.wire.raw(Http2FrameWriter.PREFACE).settings();
		FramePeer.start(() -> this.wire.readAll(0));
	}

	@Override
	int ask(String method, String path, int length, String... more) throws IOException {
		List<String> fields = new ArrayList<>(
				List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "a"));
		if (length >= 0) {
			fields.addAll(List.of("content-length", Integer.toString(length)));
		}
		fields.addAll(List.of(more));
		int request = this.next;
		this.next += 2;
		this.seen.put(request, new Seen());
		this.wire.headers(request, length == NO_BODY, fields.toArray(String[]::new));
		return request;
	}

	@Override
	void body(int request, String piece, boolean last) throws IOException {
		this.wire.data(request, last, piece);
	}

	/** Takes note of what comes next, on whatever stream. */
	private boolean read() throws Exception {
		Frame frame;
		try {
			frame = this.wire.await(ANY);
		}
		catch (EOFException ex) {
			this.seen.values().forEach((answer) -> answer.over = true);
			return false;
		}
		Seen answer = this.seen.get(frame.streamId());
		if (answer == null) {
			return true;
		}
		switch (frame.type()) {
			case Http2FrameWriter.HEADERS -> {
				String head = text(this.decoder.decodeHeaders(1, Unpooled.wrappedBuffer(frame.payload())));
				answer.begun = !head.startsWith("1");
				answer.heads.add(head);
			}
			case Http2FrameWriter.DATA -> answer.body.writeBytes(frame.payload());
			case Http2FrameWriter.RST_STREAM -> answer.over = true;
			default -> {
				return true;
			}
		}
		if (frame.type() <= Http2FrameWriter.HEADERS && (frame.flags() & Http2FrameWriter.END_STREAM) != 0) {
			answer.whole = true;
		}
		return true;
	}

	private static String text(Http2Headers head) {
		return head.status() + " " + text(head.get("x-tag")) + " " + text(head.get("content-length"));
	}

	private static String text(CharSequence value) {
		return (value != null) ? value.toString() : "";
	}

	@Override
	String head(int request) throws Exception {
		Seen answer = this.seen.get(request);
		while (answer.heads.isEmpty()) {
			if (answer.over || !read()) {
				return "no answer";
			}
		}
		return answer.heads.remove();
	}

	@Override
	String rest(int request) throws Exception {
		Seen answer = this.seen.get(request);
		while (!answer.whole && !answer.over) {
			read();
		}
		String body = answer.body.toString(StandardCharsets.ISO_8859_1);
		return (answer.whole || !answer.begun) ? body : body + "cut off";
	}

	@Override
	void giveUp(int request) throws IOException {
		this.wire.reset(request, Http2Error.CANCEL.code());
	}

	/** What has come of an answer. */
	private static final class Seen {

		final Queue<String> heads = new ArrayDeque<>();

		final ByteArrayOutputStream body = new ByteArrayOutputStream();

		boolean whole;

		boolean over;

		/** There was a head that is the answer's. */
		boolean begun;

	}

}
