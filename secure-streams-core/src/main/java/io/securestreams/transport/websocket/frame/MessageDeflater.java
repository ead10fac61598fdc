package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Compresses outgoing messages (RFC 7692 section 7.2.1), fragment by fragment, each of
 * which can be inflated as soon as it has arrived.
 */
public final class MessageDeflater {

	private static final int TAIL = 0x0000FFFF;

	private static final int MIN_ROOM = 64;

	private final ByteBufAllocator allocator;

	private final boolean takeover;

	/**
	 * Longest stretch in which bytes may refer to earlier ones. The JDK knows no other
	 * window than the largest: for a smaller one it has to start again and again.
	 */
	private final int window;

	/** Native memory of about a quarter of a MiB, which is had when there is a use. */
	private @Nullable Deflater deflater;

	/**
	 * Makes a deflater.
	 * @param allocator gives the output
	 * @param takeover whether messages may refer to earlier ones
	 * @param windowBits how far they may refer back: 2 to the power of this, bytes; 0 for
	 * the most there is
	 */
	public MessageDeflater(ByteBufAllocator allocator, boolean takeover, int windowBits) {
		this.allocator = allocator;
		this.takeover = takeover;
		this.window = (windowBits > 0 && windowBits < DeflateExtension.MAX_WINDOW_BITS) ? 1 << windowBits
				: Integer.MAX_VALUE;
	}

	/**
	 * Compresses one fragment.
	 * @param payload the fragment; released
	 * @param end whether it is the last of its message
	 * @return the compressed fragment, owned by the caller
	 */
	ByteBuf deflate(ByteBuf payload, boolean end) {
		ByteBuf out = this.allocator.directBuffer(Math.max(MIN_ROOM, payload.readableBytes() / 2));
		try {
			if (this.window == Integer.MAX_VALUE) {
				deflate(payload.nioBuffer(), out, Deflater.SYNC_FLUSH);
			}
			else {
				for (int from = payload.readerIndex(); from < payload.writerIndex(); from += this.window) {
					int length = Math.min(this.window, payload.writerIndex() - from);
					deflate(payload.nioBuffer(from, length), out, Deflater.FULL_FLUSH);
				}
			}
		}
		finally {
			payload.release();
		}
		if (end) {
			finish(out);
		}
		return out;
	}

	private void deflate(ByteBuffer input, ByteBuf out, int flush) {
		Deflater state = this.deflater;
		if (state == null) {
			state = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
			this.deflater = state;
		}
		state.setInput(input);
		do {
			out.ensureWritable(MIN_ROOM);
			ByteBuffer room = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
			out.writerIndex(out.writerIndex() + state.deflate(room, flush));
		}
		while (!out.isWritable());
	}

	private void finish(ByteBuf out) {
		int length = out.readableBytes();
		if (length >= Integer.BYTES && out.getInt(out.writerIndex() - Integer.BYTES) == TAIL) {
			out.writerIndex(out.writerIndex() - Integer.BYTES);
		}
		else {
			// Nothing new since the last flush: an empty block (RFC 7692 section 7.2.3.6)
			out.writeByte(0);
		}
		if (!this.takeover && this.deflater != null) {
			this.deflater.reset();
		}
	}

	/**
	 * Gives native memory back. What comes next refers to nothing from before, which is
	 * up to the sender in every case, and each fragment ends at a whole byte.
	 */
	void giveBack() {
		if (this.deflater != null) {
			this.deflater.end();
			this.deflater = null;
		}
	}

	/** Whether it holds native memory. */
	boolean isHolding() {
		return this.deflater != null;
	}

	void close() {
		giveBack();
	}

}
