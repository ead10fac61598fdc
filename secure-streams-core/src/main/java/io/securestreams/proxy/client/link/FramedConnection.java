package io.securestreams.proxy.client.link;

import io.netty.buffer.ByteBuf;

import io.securestreams.proxy.wire.ClientFrame;
import io.securestreams.proxy.wire.FrameEncoder;
import io.securestreams.proxy.wire.FrameListener;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.ProxyFrame;
import io.securestreams.proxy.wire.ProxyFrameDecoder;
import io.securestreams.proxy.wire.WireViolation;

/**
 * A connection to a proxy, and what is said over it. On the event loop of the stream.
 */
final class FramedConnection {

	/** Most bytes of a frame without payload: what the protocol can express. */
	private static final int MAX_FRAME = 65535;

	/** Room for any frame of ours but metadata and payload. */
	private static final int SMALL_FRAME = 64;

	/** From here on payload is passed on instead of copied. */
	private static final int PASS_ON = 2048;

	private final LinkConnection connection;

	private final ProxyFrameDecoder decoder = new ProxyFrameDecoder(1, MAX_FRAME);

	FramedConnection(LinkConnection connection) {
		this.connection = connection;
	}

	/**
	 * Bytes have come.
	 * @param bytes borrowed
	 * @param frames takes what they are, until the connection is closed
	 */
	void received(ByteBuf bytes, FrameListener<ProxyFrame> frames) throws WireViolation {
		this.decoder.read(bytes, frames);
	}

	/** Writes a frame; {@link #flush()} sends it. */
	void send(ClientFrame frame) {
		FrameEncoder.write(frame, this.connection.room(LinkFrames.size(frame, SMALL_FRAME)));
	}

	/**
	 * Writes a frame with payload.
	 * @param head what is said of it
	 * @param payload released
	 */
	void send(PayloadHead head, ByteBuf payload) {
		int length = payload.readableBytes();
		if (length >= PASS_ON) {
			FrameEncoder.writeTxHead(head, this.connection.room(FrameEncoder.MAX_PAYLOAD_HEAD));
			this.connection.pass(payload);
			return;
		}
		try {
			ByteBuf out = this.connection.room(FrameEncoder.MAX_PAYLOAD_HEAD + length);
			FrameEncoder.writeTxHead(head, out);
			out.writeBytes(payload);
		}
		finally {
			payload.release();
		}
	}

	/** Sends what has been written. */
	void flush() {
		this.connection.flush();
	}

	/** Whether the proxy keeps up. */
	boolean isWritable() {
		return this.connection.isWritable();
	}

	/** Makes it read, or stop. A new one reads. */
	void read(boolean on) {
		this.connection.read(on);
	}

	/** It is gone: what it has still brought is nobody's. */
	void ended() {
		this.decoder.stop();
	}

	void close() {
		ended();
		this.connection.close();
	}

}
