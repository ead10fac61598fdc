package io.securestreams.transport.websocket.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Takes the byte stream apart into frames (RFC 6455 section 5.2). Pulled, not pushed, so
 * that reading can stop between any two pieces: {@link #next} says what comes next, the
 * accessors say what it is. Payload of data frames is given out as it arrives and is
 * never collected; that of control frames is, it has 125 bytes at most.
 */
final class FrameDecoder {

	/** The input is used up. */
	static final int NEED_INPUT = 0;

	/**
	 * A piece of a data frame starts at the input's reader index; the caller moves the
	 * index on.
	 */
	static final int DATA = 1;

	/** A whole control frame is in {@link #control()}. */
	static final int CONTROL = 2;

	private static final int MAX_HEADER = 14;

	private static final int MAX_CONTROL = 125;

	private final boolean masked;

	private final long maxFrame;

	private final boolean deflate;

	/** A header of which only a part has arrived. */
	private @Nullable ByteBuf partial;

	private byte @Nullable [] control;

	private int controlLength;

	private boolean inFrame;

	private boolean inMessage;

	private int opcode;

	private boolean fin;

	private boolean compressed;

	private boolean frameStart;

	private int mask;

	private long remaining;

	private int chunkLength;

	/**
	 * Makes a decoder.
	 * @param masked whether the peer masks its frames: a client does, a server does not
	 * @param maxFrame longest payload of one frame
	 * @param deflate whether permessage-deflate was agreed on, which allows RSV1
	 */
	FrameDecoder(boolean masked, long maxFrame, boolean deflate) {
		this.masked = masked;
		this.maxFrame = maxFrame;
		this.deflate = deflate;
	}

	/** Type of the frame; of a continuation it is {@link Opcode#CONTINUATION}. */
	int opcode() {
		return this.opcode;
	}

	/** Whether the piece is the first of its message. */
	boolean isMessageStart() {
		return this.frameStart && this.opcode != Opcode.CONTINUATION;
	}

	/** Whether the piece is the last of its message. */
	boolean isMessageEnd() {
		return this.fin && this.remaining == 0;
	}

	/** Whether the message that starts here is compressed. */
	boolean isCompressed() {
		return this.compressed;
	}

	/** Whether only a part of a frame's payload has arrived. */
	boolean isInsideFrame() {
		return this.inFrame;
	}

	/** Whether only a part of a message has arrived. */
	boolean isInsideMessage() {
		return this.inMessage;
	}

	/** Length of the piece, bytes. */
	int chunkLength() {
		return this.chunkLength;
	}

	/** Payload of the control frame, from index 0; used again for the next one. */
	byte[] control() {
		return (this.control != null) ? this.control : new byte[0];
	}

	int controlLength() {
		return this.controlLength;
	}

	/**
	 * Finds what comes next.
	 * @param in the input; payload is unmasked in place
	 */
	int next(ByteBuf in) throws WebSocketViolation {
		if (!this.inFrame && !readHeader(in)) {
			return NEED_INPUT;
		}
		if (Opcode.isControl(this.opcode)) {
			return readControl(in);
		}
		int length = (int) Math.min(this.remaining, in.readableBytes());
		if (length == 0 && this.remaining > 0) {
			return NEED_INPUT;
		}
		if (this.masked) {
			this.mask = Masking.apply(in, in.readerIndex(), length, this.mask);
		}
		this.chunkLength = length;
		this.remaining -= length;
		this.inFrame = this.remaining > 0;
		return DATA;
	}

	/** To be called when the piece that {@link #next} found has been dealt with. */
	void consumed() {
		this.frameStart = false;
	}

	private int readControl(ByteBuf in) {
		int length = (int) Math.min(this.remaining, in.readableBytes());
		byte[] bytes = this.control;
		if (bytes == null) {
			bytes = new byte[MAX_CONTROL];
			this.control = bytes;
		}
		if (length > 0) {
			if (this.masked) {
				this.mask = Masking.apply(in, in.readerIndex(), length, this.mask);
			}
			in.readBytes(bytes, this.controlLength, length);
			this.controlLength += length;
			this.remaining -= length;
		}
		this.inFrame = this.remaining > 0;
		return this.inFrame ? NEED_INPUT : CONTROL;
	}

	private boolean readHeader(ByteBuf in) throws WebSocketViolation {
		ByteBuf header = this.partial;
		if (header == null) {
			int available = in.readableBytes();
			if (available >= 2) {
				int length = headerLength(in, in.readerIndex());
				if (available >= length) {
					parseHeader(in);
					return true;
				}
			}
			if (available == 0) {
				return false;
			}
			header = Unpooled.wrappedBuffer(new byte[MAX_HEADER]).writerIndex(0);
			this.partial = header;
		}
		while (in.isReadable()) {
			header.writeByte(in.readByte());
			if (header.readableBytes() >= 2 && header.readableBytes() == headerLength(header, 0)) {
				this.partial = null;
				parseHeader(header);
				return true;
			}
		}
		return false;
	}

	private int headerLength(ByteBuf from, int index) throws WebSocketViolation {
		int second = from.getByte(index + 1);
		if ((second < 0) != this.masked) {
			throw violation(this.masked ? "frame without a mask" : "masked frame");
		}
		int code = second & 0x7F;
		return ((code == 127) ? 10 : (code == 126) ? 4 : 2) + (this.masked ? 4 : 0);
	}

	private void parseHeader(ByteBuf from) throws WebSocketViolation {
		int first = from.readByte();
		int code = from.readByte() & 0x7F;
		this.opcode = first & 0x0F;
		this.fin = (first & 0x80) != 0;
		this.remaining = code;
		if (code == 126) {
			this.remaining = from.readUnsignedShort();
		}
		else if (code == 127) {
			this.remaining = from.readLong();
		}
		if (this.masked) {
			this.mask = from.readInt();
		}
		if (this.remaining < 0 || (code == 126 && this.remaining < 126) || (code == 127 && this.remaining <= 0xFFFF)) {
			throw violation("frame length not in its shortest form");
		}
		if (!Opcode.isKnown(this.opcode)) {
			throw violation("reserved opcode " + this.opcode);
		}
		if (Opcode.isControl(this.opcode)) {
			controlHeader(first);
		}
		else {
			dataHeader(first);
		}
		this.inFrame = true;
	}

	private void controlHeader(int first) throws WebSocketViolation {
		if (!this.fin) {
			throw violation("fragmented control frame");
		}
		if (this.remaining > MAX_CONTROL) {
			throw violation("control frame of " + this.remaining + " bytes (expected: at most " + MAX_CONTROL + ")");
		}
		if ((first & 0x70) != 0) {
			throw violation("reserved bits in a control frame");
		}
		this.controlLength = 0;
	}

	private void dataHeader(int first) throws WebSocketViolation {
		boolean start = this.opcode != Opcode.CONTINUATION;
		// RSV1 marks the first frame of a compressed message and no other (RFC 7692
		// section 6)
		int allowed = (this.deflate && start) ? 0x40 : 0;
		if ((first & 0x70 & ~allowed) != 0) {
			throw violation("reserved bits without an extension that defines them");
		}
		if (start == this.inMessage) {
			throw violation(start ? "new message inside a message" : "continuation without a message");
		}
		if (this.remaining > this.maxFrame) {
			throw new WebSocketViolation(CloseCode.TOO_BIG,
					"frame of " + this.remaining + " bytes (expected: at most " + this.maxFrame + ")");
		}
		if (start) {
			this.compressed = (first & 0x40) != 0;
		}
		this.frameStart = true;
		this.inMessage = !this.fin;
	}

	private static WebSocketViolation violation(String message) {
		return new WebSocketViolation(CloseCode.PROTOCOL_ERROR, message);
	}

}
