package io.securestreams.transport.websocket;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Compresses outgoing messages (RFC 7692 section 7.2.1), fragment by fragment, each of
 * which can be inflated as soon as it has arrived.
 */
final class MessageDeflater {

	private static final int TAIL = 0x0000FFFF;

	private static final int MIN_ROOM = 64;

	private final ByteBufAllocator allocator;

	private final boolean takeover;

	private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

	/**
	 * Makes a deflater.
	 * @param allocator gives the output
	 * @param takeover whether messages may refer to earlier ones
	 */
	MessageDeflater(ByteBufAllocator allocator, boolean takeover) {
		this.allocator = allocator;
		this.takeover = takeover;
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
			this.deflater.setInput(payload.nioBuffer());
			do {
				out.ensureWritable(MIN_ROOM);
				ByteBuffer room = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
				out.writerIndex(out.writerIndex() + this.deflater.deflate(room, Deflater.SYNC_FLUSH));
			}
			while (!out.isWritable());
		}
		finally {
			payload.release();
		}
		if (end) {
			finish(out);
		}
		return out;
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
		if (!this.takeover) {
			this.deflater.reset();
		}
	}

	void close() {
		this.deflater.end();
	}

}
