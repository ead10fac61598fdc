package io.securestreams.transport.http2.frame;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection's bytes apart into frames (RFC 9113 sections 4 and 6). DATA is
 * passed on as it arrives, without collecting frames; all others are collected up to
 * {@link Http2FrameWriter#DEFAULT_MAX_FRAME_SIZE}.
 */
public final class Http2FrameReader {

	/** What "HTTP/1.1" looks like as the length of a frame. */
	private static final int HTTP = 'H' << 16 | 'T' << 8 | 'T';

	private static final int FRAME_HEADER_LENGTH = 9;

	private static final int MAX_DEBUG_DATA = 128;

	private static final int MAX_FRAME_SIZE = Http2FrameWriter.DEFAULT_MAX_FRAME_SIZE;

	private final FrameListener listener;

	private final ByteBufAllocator allocator;

	private final byte[] partialHeader = new byte[FRAME_HEADER_LENGTH];

	private int partialHeaderLength;

	private boolean inFrame;

	private int type;

	private int flags;

	private int streamId;

	/** Bytes of the frame's payload still to come. */
	private int remaining;

	private int padding;

	private boolean paddingKnown;

	private int flowLength;

	private int dataLength;

	/** Payload of a frame that has arrived in part. */
	private @Nullable ByteBuf collected;

	private final HeaderBlockReader block;

	private int framesRead;

	private boolean firstFrame = true;

	private boolean closed;

	/** Makes a reader for the bytes of a new connection. */
	public Http2FrameReader(FrameListener listener, ByteBufAllocator allocator, HeaderLimits limits) {
		this.listener = listener;
		this.allocator = allocator;
		this.block = new HeaderBlockReader(listener, allocator, limits);
	}

	/**
	 * Reads all there is.
	 * @param in the bytes, borrowed
	 * @throws Http2Violation if the connection cannot go on
	 */
	public void read(ByteBuf in) throws Http2Violation {
		while (!this.closed) {
			if (!this.inFrame && !readFrameHeader(in)) {
				return;
			}
			if (!((this.type == Http2FrameWriter.DATA) ? readData(in) : readPayload(in))) {
				return;
			}
			this.inFrame = false;
			if (!this.block.isOpen()) {
				this.framesRead++;
			}
		}
	}

	/**
	 * Returns how many frames, and header blocks, have been complete so far; wraps.
	 */
	public int framesRead() {
		return this.framesRead;
	}

	/**
	 * Whether part of a frame other than DATA, or of a header block, has arrived and the
	 * rest has not.
	 */
	public boolean isPending() {
		return this.block.isOpen() || this.partialHeaderLength > 0
				|| (this.inFrame && this.type != Http2FrameWriter.DATA);
	}

	/**
	 * Reads no more, and releases what has been collected.
	 */
	public void close() {
		this.closed = true;
		if (this.collected != null) {
			this.collected.release();
			this.collected = null;
		}
		this.block.close();
	}

	private boolean readFrameHeader(ByteBuf in) throws Http2Violation {
		if (this.partialHeaderLength == 0 && in.readableBytes() >= FRAME_HEADER_LENGTH) {
			startFrame(in.readUnsignedMedium(), in.readByte(), in.readUnsignedByte(), in.readInt());
			return true;
		}
		int count = Math.min(in.readableBytes(), FRAME_HEADER_LENGTH - this.partialHeaderLength);
		in.readBytes(this.partialHeader, this.partialHeaderLength, count);
		this.partialHeaderLength += count;
		if (this.partialHeaderLength < FRAME_HEADER_LENGTH) {
			return false;
		}
		this.partialHeaderLength = 0;
		byte[] h = this.partialHeader;
		startFrame((h[0] & 0xFF) << 16 | (h[1] & 0xFF) << 8 | (h[2] & 0xFF), h[3], h[4] & 0xFF,
				h[5] << 24 | (h[6] & 0xFF) << 16 | (h[7] & 0xFF) << 8 | (h[8] & 0xFF));
		return true;
	}

	private void startFrame(int length, byte type, int flags, int streamId) throws Http2Violation {
		this.type = type & 0xFF;
		this.flags = flags;
		this.streamId = streamId & 0x7FFFFFFF;
		this.remaining = length;
		this.inFrame = true;
		if (this.firstFrame && length == HTTP && this.type == 'P' && flags == '/') {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "peer speaks HTTP/1.1, not HTTP/2");
		}
		if (length > MAX_FRAME_SIZE) {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "frame of " + length + " bytes");
		}
		if (this.firstFrame) {
			this.firstFrame = false;
			if (this.type != Http2FrameWriter.SETTINGS || isSet(Http2FrameWriter.ACK)) {
				throw protocolError("connection does not start with SETTINGS");
			}
		}
		if (this.block.isOpen()
				&& (this.type != Http2FrameWriter.CONTINUATION || this.streamId != this.block.streamId())) {
			throw protocolError("header block interrupted by another frame");
		}
		checkFrame(length);
		if (this.type == Http2FrameWriter.DATA) {
			this.paddingKnown = !isSet(Http2FrameWriter.PADDED);
			this.padding = 0;
			this.dataLength = length;
			this.flowLength = length;
			if (!this.paddingKnown && length == 0) {
				throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "padded DATA without pad length");
			}
			this.listener.dataStart(this.streamId, length);
		}
	}

	private void checkFrame(int length) throws Http2Violation {
		switch (this.type) {
			case Http2FrameWriter.DATA, Http2FrameWriter.HEADERS -> requireStream(true);
			case Http2FrameWriter.CONTINUATION -> {
				if (!this.block.isOpen()) {
					throw protocolError("CONTINUATION without HEADERS");
				}
			}
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

	private boolean readData(ByteBuf in) throws Http2Violation {
		if (!this.paddingKnown) {
			if (!in.isReadable()) {
				return false;
			}
			this.padding = in.readUnsignedByte();
			this.paddingKnown = true;
			this.remaining--;
			if (this.padding > this.remaining) {
				throw protocolError("padding longer than the frame");
			}
			this.dataLength = this.remaining - this.padding;
		}
		int data = Math.min(in.readableBytes(), this.remaining - this.padding);
		if (data > 0) {
			this.remaining -= data;
			this.listener.data(this.streamId, in.readSlice(data));
		}
		if (this.remaining <= this.padding) {
			int skip = Math.min(in.readableBytes(), this.remaining);
			in.skipBytes(skip);
			this.remaining -= skip;
			this.padding = this.remaining;
		}
		if (this.remaining > 0) {
			return false;
		}
		this.listener.dataEnd(this.streamId, this.dataLength, this.flowLength - this.dataLength,
				isSet(Http2FrameWriter.END_STREAM));
		return true;
	}

	private boolean readPayload(ByteBuf in) throws Http2Violation {
		if (this.collected == null && in.readableBytes() >= this.remaining) {
			readWhole(in, this.remaining);
			return true;
		}
		ByteBuf collected = this.collected;
		if (collected == null) {
			collected = this.allocator.buffer(this.remaining);
			this.collected = collected;
		}
		int count = Math.min(in.readableBytes(), this.remaining);
		collected.writeBytes(in, count);
		this.remaining -= count;
		if (this.remaining > 0) {
			return false;
		}
		this.collected = null;
		try {
			readWhole(collected, collected.readableBytes());
		}
		finally {
			collected.release();
		}
		return true;
	}

	private void readWhole(ByteBuf in, int length) throws Http2Violation {
		int end = in.readerIndex() + length;
		switch (this.type) {
			case Http2FrameWriter.HEADERS -> readHeaders(in, length);
			case Http2FrameWriter.CONTINUATION -> this.block.add(in, length, isSet(Http2FrameWriter.END_HEADERS));
			case Http2FrameWriter.RST_STREAM -> this.listener.reset(this.streamId, in.readUnsignedInt());
			case Http2FrameWriter.SETTINGS -> {
				if (isSet(Http2FrameWriter.ACK)) {
					this.listener.settingsAck();
				}
				else {
					this.listener.settings(in, length);
				}
			}
			case Http2FrameWriter.PING -> this.listener.ping(in.readLong(), isSet(Http2FrameWriter.ACK));
			case Http2FrameWriter.GOAWAY ->
				this.listener.goAway(in.readInt() & 0x7FFFFFFF, in.readUnsignedInt(), debugData(in, length - 8));
			case Http2FrameWriter.WINDOW_UPDATE -> this.listener.windowUpdate(this.streamId, in.readInt() & 0x7FFFFFFF);
			case Http2FrameWriter.PRIORITY -> {
				checkDependency(in);
				this.listener.ignored();
			}
			default -> this.listener.ignored();
		}
		in.readerIndex(end);
	}

	/** Priorities (RFC 7540 section 5.3) are read, no more. */
	private void checkDependency(ByteBuf in) throws Http2Violation {
		if ((in.readInt() & 0x7FFFFFFF) == this.streamId) {
			throw protocolError("stream " + this.streamId + " depends on itself");
		}
		in.skipBytes(1);
	}

	private static String debugData(ByteBuf in, int length) {
		byte[] bytes = new byte[Math.min(length, MAX_DEBUG_DATA)];
		in.readBytes(bytes);
		for (int i = 0; i < bytes.length; i++) {
			if (bytes[i] < ' ' || bytes[i] > '~') {
				bytes[i] = '?';
			}
		}
		return new String(bytes, StandardCharsets.US_ASCII);
	}

	private void readHeaders(ByteBuf in, int length) throws Http2Violation {
		int fragment = length;
		int pad = 0;
		if (isSet(Http2FrameWriter.PADDED)) {
			requireLength(fragment >= 1);
			pad = in.readUnsignedByte();
			fragment--;
		}
		if (isSet(Http2FrameWriter.PRIORITY_FLAG)) {
			requireLength(fragment >= 5);
			checkDependency(in);
			fragment -= 5;
		}
		fragment -= pad;
		if (fragment < 0) {
			throw protocolError("padding longer than the frame");
		}
		this.block.start(this.streamId, in, fragment, isSet(Http2FrameWriter.END_STREAM),
				isSet(Http2FrameWriter.END_HEADERS));
	}

	private boolean isSet(int flag) {
		return (this.flags & flag) != 0;
	}

	private void requireStream(boolean stream) throws Http2Violation {
		if (stream != (this.streamId != 0)) {
			throw protocolError("frame of type " + this.type + " on stream " + this.streamId);
		}
	}

	private void requireLength(boolean good) throws Http2Violation {
		if (!good) {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "frame of type " + this.type + " of wrong length");
		}
	}

	private static Http2Violation protocolError(String message) {
		return new Http2Violation(Http2Error.PROTOCOL_ERROR, message);
	}

}
