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

	private final FrameHead head = new FrameHead();

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
			if (!((this.head.type() == Http2FrameWriter.DATA) ? readData(in) : readPayload(in))) {
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
				|| (this.inFrame && this.head.type() != Http2FrameWriter.DATA);
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
		this.head.set(type & 0xFF, flags, streamId & 0x7FFFFFFF);
		this.remaining = length;
		this.inFrame = true;
		if (this.firstFrame && length == HTTP && this.head.type() == 'P' && flags == '/') {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "peer speaks HTTP/1.1, not HTTP/2");
		}
		if (length > MAX_FRAME_SIZE) {
			throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "frame of " + length + " bytes");
		}
		if (this.firstFrame) {
			this.firstFrame = false;
			if (this.head.type() != Http2FrameWriter.SETTINGS || this.head.isSet(Http2FrameWriter.ACK)) {
				throw FrameHead.protocolError("connection does not start with SETTINGS");
			}
		}
		this.head.follows(this.block);
		this.head.check(length);
		if (this.head.type() == Http2FrameWriter.DATA) {
			this.paddingKnown = !this.head.isSet(Http2FrameWriter.PADDED);
			this.padding = 0;
			this.dataLength = length;
			this.flowLength = length;
			if (!this.paddingKnown && length == 0) {
				throw new Http2Violation(Http2Error.FRAME_SIZE_ERROR, "padded DATA without pad length");
			}
			this.listener.dataStart(this.head.streamId(), length);
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
				throw FrameHead.protocolError("padding longer than the frame");
			}
			this.dataLength = this.remaining - this.padding;
		}
		int data = Math.min(in.readableBytes(), this.remaining - this.padding);
		if (data > 0) {
			this.remaining -= data;
			this.listener.data(this.head.streamId(), in.readSlice(data));
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
		this.listener.dataEnd(this.head.streamId(), this.dataLength, this.flowLength - this.dataLength,
				this.head.isSet(Http2FrameWriter.END_STREAM));
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
		switch (this.head.type()) {
			case Http2FrameWriter.HEADERS -> readHeaders(in, length);
			case Http2FrameWriter.CONTINUATION ->
				this.block.add(in, length, this.head.isSet(Http2FrameWriter.END_HEADERS));
			case Http2FrameWriter.RST_STREAM -> this.listener.reset(this.head.streamId(), in.readUnsignedInt());
			case Http2FrameWriter.SETTINGS -> {
				if (this.head.isSet(Http2FrameWriter.ACK)) {
					this.listener.settingsAck();
				}
				else {
					this.listener.settings(in, length);
				}
			}
			case Http2FrameWriter.PING -> this.listener.ping(in.readLong(), this.head.isSet(Http2FrameWriter.ACK));
			case Http2FrameWriter.GOAWAY ->
				this.listener.goAway(in.readInt() & 0x7FFFFFFF, in.readUnsignedInt(), debugData(in, length - 8));
			case Http2FrameWriter.WINDOW_UPDATE ->
				this.listener.windowUpdate(this.head.streamId(), in.readInt() & 0x7FFFFFFF);
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
		if ((in.readInt() & 0x7FFFFFFF) == this.head.streamId()) {
			throw FrameHead.protocolError("stream " + this.head.streamId() + " depends on itself");
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
		if (this.head.isSet(Http2FrameWriter.PADDED)) {
			this.head.requireLength(fragment >= 1);
			pad = in.readUnsignedByte();
			fragment--;
		}
		if (this.head.isSet(Http2FrameWriter.PRIORITY_FLAG)) {
			this.head.requireLength(fragment >= 5);
			checkDependency(in);
			fragment -= 5;
		}
		fragment -= pad;
		if (fragment < 0) {
			throw FrameHead.protocolError("padding longer than the frame");
		}
		this.block.start(this.head.streamId(), in, fragment, this.head.isSet(Http2FrameWriter.END_STREAM),
				this.head.isSet(Http2FrameWriter.END_HEADERS));
	}

}
