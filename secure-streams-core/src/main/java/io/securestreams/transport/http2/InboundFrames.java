package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.frame.FrameListener;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;

/**
 * What a connection does with each frame: meters it, and passes it to its stream.
 */
final class InboundFrames implements FrameListener {

	private static final int SMALL_INCREMENT = 1024;

	private static final int SMALL_DATA = 256;

	private final Http2Connection connection;

	private final AbuseMeter meter;

	/** Bytes the peer may still send on all streams together. */
	private int window;

	InboundFrames(Http2Connection connection, AbuseMeter meter, int window) {
		this.connection = connection;
		this.meter = meter;
		this.window = window;
	}

	@Override
	public void dataStart(int streamId, int flowLength) throws Http2Violation {
		if (flowLength > this.window) {
			throw new Http2Violation(Http2Error.FLOW_CONTROL_ERROR, "DATA exceeds the connection's window");
		}
		this.window -= flowLength;
		// Given back on receipt: what a stream may hold is bounded by its own window, and
		// one that is paused must not stop the others
		int full = this.connection.limits().connectionWindow();
		if (this.window <= full / 2) {
			this.connection.writer().windowUpdate(0, full - this.window);
			this.window = full;
		}
		Http2Stream stream = route(streamId, "DATA");
		if (stream != null) {
			stream.dataStart(flowLength);
			return;
		}
		this.connection.closedStream(streamId, "DATA");
		if (flowLength < SMALL_DATA) {
			this.meter.strikeUnlessCaused("DATA on a closed stream");
		}
	}

	@Override
	public void data(int streamId, ByteBuf data) throws Http2Violation {
		Http2Stream stream = this.connection.streams().get(streamId);
		if (stream != null) {
			stream.data(data);
		}
	}

	@Override
	public void dataEnd(int streamId, int dataLength, int padding, boolean endStream) throws Http2Violation {
		if (dataLength == 0 && !endStream) {
			this.meter.strike("empty DATA");
		}
		else {
			this.meter.useful();
		}
		Http2Stream stream = this.connection.streams().get(streamId);
		if (stream != null) {
			stream.dataEnd(padding, endStream);
		}
	}

	@Override
	public void headers(int streamId, Http2Headers headers, boolean endStream) throws Http2Violation {
		if (this.connection.isOpening(streamId)) {
			this.connection.opening(streamId, headers, endStream);
			return;
		}
		Http2Stream stream = route(streamId, "HEADERS");
		if (stream != null) {
			this.meter.useful();
			stream.headers(headers, endStream);
			return;
		}
		strayHeaders(streamId);
	}

	@Override
	public void badHeaders(int streamId, String reason, boolean tooLarge, boolean endStream) throws Http2Violation {
		if (this.connection.isOpening(streamId)) {
			this.connection.opening(streamId, reason, tooLarge, endStream);
			return;
		}
		Http2Stream stream = route(streamId, "HEADERS");
		if (stream != null) {
			stream.malformed(reason);
			return;
		}
		strayHeaders(streamId);
	}

	private void strayHeaders(int streamId) throws Http2Violation {
		this.connection.closedStream(streamId, "HEADERS");
		this.meter.strikeUnlessCaused("HEADERS on a closed stream");
	}

	@Override
	public void reset(int streamId, long code) throws Http2Violation {
		Http2Stream stream = route(streamId, "RST_STREAM");
		if (stream != null) {
			this.connection.streams().remove(stream);
			this.connection.reset(stream, code);
			this.connection.streamGone();
		}
		else {
			this.meter.strikeUnlessCaused("RST_STREAM on a closed stream");
		}
	}

	@Override
	public void settings(ByteBuf settings, int length) throws Http2Violation {
		if (this.connection.peer().received()) {
			this.meter.reply("SETTINGS", this.connection.output().isWritable());
		}
		PeerSettings peer = this.connection.peer();
		int window = peer.initialWindow();
		peer.apply(settings, length);
		int change = peer.initialWindow() - window;
		if (change != 0) {
			this.connection.streams().forEach((stream) -> grown(stream, stream.growInitialWindow(change)));
		}
		peer.settle();
		this.connection.roomMade();
		this.connection.writer().settingsAck();
	}

	@Override
	public void settingsAck() throws Http2Violation {
		if (!this.connection.settingsAcknowledged()) {
			this.meter.strike("SETTINGS acknowledgement");
		}
	}

	@Override
	public void ping(long payload, boolean ack) throws Http2Violation {
		if (!ack) {
			this.meter.reply("PING", this.connection.output().isWritable());
			this.connection.writer().ping(payload, true);
		}
		else if (!this.connection.pong(payload)) {
			this.meter.strike("PING acknowledgement");
		}
	}

	@Override
	public void goAway(int lastStreamId, long code, String debug) throws Http2Violation {
		this.meter.strike("GOAWAY");
		String reason = "GOAWAY " + Http2Violation.nameOf(code) + (debug.isEmpty() ? "" : " \"" + debug + "\"");
		this.connection.goAway(lastStreamId, reason, code != Http2Error.NO_ERROR.code());
	}

	@Override
	public void windowUpdate(int streamId, int increment) throws Http2Violation {
		Http2Stream stream = (streamId != 0) ? route(streamId, "WINDOW_UPDATE") : null;
		if (increment == 0) {
			throw new Http2Violation(Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE by 0");
		}
		if (increment < SMALL_INCREMENT) {
			this.meter.strikeUnlessCaused("a small WINDOW_UPDATE");
		}
		if (streamId == 0) {
			this.connection.output().growWindow(increment);
		}
		else if (stream != null) {
			grown(stream, stream.outgoing().grow(increment));
		}
	}

	private void grown(Http2Stream stream, boolean fits) throws Http2Violation {
		if (!fits && !this.connection.output().isTolerant()) {
			this.connection.windowOverflow(stream);
		}
	}

	@Override
	public void ignored() throws Http2Violation {
		this.meter.strike("a frame without meaning");
	}

	/**
	 * Finds a stream; one that is closed gives {@code null}, one never opened ends all.
	 */
	private @Nullable Http2Stream route(int streamId, String frame) throws Http2Violation {
		Http2Stream stream = this.connection.streams().get(streamId);
		if (stream == null && this.connection.isIdle(streamId)) {
			throw new Http2Violation(Http2Error.PROTOCOL_ERROR, frame + " on stream " + streamId + ", which is idle");
		}
		return stream;
	}

}
