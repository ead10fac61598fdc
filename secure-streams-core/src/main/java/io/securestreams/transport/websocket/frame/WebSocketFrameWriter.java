package io.securestreams.transport.websocket.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.securestreams.transport.loop.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames together (RFC 6455 section 5.2) and collects them, so that a turn of the
 * event loop ends in one write however many frames it made. Payload is masked on its way
 * into that buffer: the application's own bytes are never changed.
 */
public final class WebSocketFrameWriter extends WriteBatch {

	private static final int MAX_HEADER = 14;

	/** From here on unmasked payload is passed on instead of copied. */
	private static final int PASS_ON = 4 * 1024;

	private final Carrier carrier;

	private final @Nullable MaskSource masks;

	/**
	 * Makes a writer.
	 * @param carrier where frames go
	 * @param masked whether frames are masked: a client's are, a server's are not
	 */
	public WebSocketFrameWriter(Carrier carrier, boolean masked) {
		this.carrier = carrier;
		this.masks = masked ? MaskSource.current() : null;
	}

	/**
	 * Adds a frame with payload.
	 * @param first the frame's first byte: FIN, RSV1, opcode
	 * @param payload released
	 */
	void frame(int first, ByteBuf payload) {
		int length = payload.readableBytes();
		if (this.masks == null && length >= PASS_ON) {
			header(room(MAX_HEADER), first, length);
			pass(payload);
			return;
		}
		try {
			ByteBuf to = room(MAX_HEADER + length);
			header(to, first, length);
			if (this.masks == null) {
				to.writeBytes(payload, payload.readerIndex(), length);
			}
			else {
				int mask = this.masks.next();
				to.writeInt(mask);
				Masking.copy(payload, payload.readerIndex(), length, to, mask);
			}
		}
		finally {
			payload.release();
		}
	}

	/**
	 * Adds a control frame.
	 * @param opcode its type
	 * @param payload holds the payload from index 0
	 * @param length at most 125
	 */
	public void control(int opcode, byte[] payload, int length) {
		ByteBuf to = room(MAX_HEADER + length);
		header(to, 0x80 | opcode, length);
		if (this.masks == null) {
			to.writeBytes(payload, 0, length);
			return;
		}
		int mask = this.masks.next();
		to.writeInt(mask);
		for (int i = 0; i < length; i++) {
			to.writeByte(payload[i] ^ (mask >>> (24 - ((i & 3) << 3))));
		}
	}

	/** Sends what has been collected. */
	public void flush() {
		if (finish()) {
			this.carrier.flush();
		}
	}

	@Override
	protected ByteBufAllocator alloc() {
		return this.carrier.alloc();
	}

	@Override
	protected void write(ByteBuf bytes) {
		this.carrier.write(bytes);
	}

	private void header(ByteBuf to, int first, int length) {
		int maskBit = (this.masks != null) ? 0x80 : 0;
		if (length < 126) {
			to.writeShort((first & 0xFF) << 8 | maskBit | length);
		}
		else if (length <= 0xFFFF) {
			to.writeInt((first & 0xFF) << 24 | (maskBit | 126) << 16 | length);
		}
		else {
			to.writeShort((first & 0xFF) << 8 | maskBit | 127);
			to.writeLong(length);
		}
	}

}
