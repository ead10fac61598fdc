package io.securestreams.transport.http2.frame;

import io.netty.handler.codec.http2.Http2Error;

/**
 * What a frame starts with (RFC 9113 section 4.1), and what has to hold for it whatever
 * its payload is. One is used for all frames of a connection.
 */
final class FrameHead {

	private int type;

	private int flags;

	private int streamId;

	void set(int type, int flags, int streamId) {
		this.type = type;
		this.flags = flags;
		this.streamId = streamId;
	}

	int type() {
		return this.type;
	}

	int streamId() {
		return this.streamId;
	}

	boolean isSet(int flag) {
		return (this.flags & flag) != 0;
	}

	/** Nothing comes between the frames of a header block (section 4.3). */
	void follows(HeaderBlockReader block) throws Http2Violation {
		if (block.isOpen() && (this.type != Http2FrameWriter.CONTINUATION || this.streamId != block.streamId())) {
			throw protocolError("header block interrupted by another frame");
		}
		if (this.type == Http2FrameWriter.CONTINUATION && !block.isOpen()) {
			throw protocolError("CONTINUATION without HEADERS");
		}
	}

	/**
	 * Checks what can be told before the payload is there.
	 * @param length of the payload
	 */
	void check(int length) throws Http2Violation {
		switch (this.type) {
			case Http2FrameWriter.DATA, Http2FrameWriter.HEADERS -> requireStream(true);
			case Http2FrameWriter.PRIORITY -> {
				requireStream(true);
				requireLength(length == 5);
			}
			case Http2FrameWriter.RST_STREAM -> {
				requireStream(true);
				requireLength(length == 4);
			}
			case Http2FrameWriter.SETTINGS -> {
				requireStream(false);
				requireLength(isSet(Http2FrameWriter.ACK) ? length == 0 : length % 6 == 0);
			}
			// We have said ENABLE_PUSH=0
			case Http2FrameWriter.PUSH_PROMISE -> throw protocolError("PUSH_PROMISE although push is disabled");
			case Http2FrameWriter.PING -> {
				requireStream(false);
				requireLength(length == 8);
			}
			case Http2FrameWriter.GOAWAY -> {
				requireStream(false);
				requireLength(length >= 8);
			}
			case Http2FrameWriter.WINDOW_UPDATE -> requireLength(length == 4);
			default -> {
			}
		}
	}

	private void requireStream(boolean stream) throws Http2Violation {
		if (stream != (this.streamId != 0)) {
			throw protocolError("frame of type " + this.type + " on stream " + this.streamId);
		}
	}

	void requireLength(boolean good) throws Http2Violation {
		if (!good) {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "frame of type " + this.type + " of wrong length");
		}
	}

	static Http2Violation protocolError(String message) {
		return new Http2Violation(Http2Error.PROTOCOL_ERROR, message);
	}

}
