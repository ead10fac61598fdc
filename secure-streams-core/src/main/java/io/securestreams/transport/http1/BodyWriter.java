package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * Frames the body of a message that is sent (RFC 9112 sections 6 and 7).
 */
public final class BodyWriter {

	/** Up to this size a copy is cheaper than buffers of their own for a chunk's ends. */
	private static final int COPY_LIMIT = 1024;

	private static final int CHUNK_OVERHEAD = 20;

	private final Http1Handler out;

	private Mode mode = Mode.NONE;

	private long remaining;

	public BodyWriter(Http1Handler out) {
		this.out = out;
	}

	/**
	 * How the end of the body is marked.
	 */
	public enum Mode {

		/** There is no body: payload is dropped. */
		NONE,

		/** {@code Content-Length}. */
		LENGTH,

		/** {@code Transfer-Encoding: chunked}. */
		CHUNKED,

		/** The end of the connection. */
		UNTIL_CLOSE

	}

	public void start(Mode next, long length) {
		this.mode = next;
		this.remaining = length;
	}

	/**
	 * Whether the peer has, or does not need, more of the body.
	 */
	public boolean isComplete() {
		return this.mode == Mode.NONE || (this.mode == Mode.LENGTH && this.remaining == 0);
	}

	/**
	 * Writes a piece, without flush.
	 * @param piece the bytes, of which ownership is taken
	 */
	public void write(ByteBuf piece) {
		int size = piece.readableBytes();
		if (size == 0 || this.mode == Mode.NONE) {
			piece.release();
			return;
		}
		if (this.mode != Mode.CHUNKED) {
			this.remaining -= size;
			this.out.write(piece);
			return;
		}
		boolean copy = size <= COPY_LIMIT;
		ByteBuf head = this.out.context().alloc().directBuffer(copy ? size + CHUNK_OVERHEAD : CHUNK_OVERHEAD);
		ByteBufUtil.writeAscii(head, Integer.toHexString(size));
		crlf(head);
		if (copy) {
			head.writeBytes(piece);
			piece.release();
			this.out.write(crlf(head));
			return;
		}
		this.out.write(head);
		this.out.write(piece);
		this.out.write(crlf(this.out.context().alloc().directBuffer(2)));
	}

	/**
	 * Writes the head of a message and the first piece of its body, in one buffer if the
	 * head has room for both.
	 * @param head the head, of which ownership is taken
	 * @param piece the bytes, of which ownership is taken
	 */
	public void write(ByteBuf head, ByteBuf piece) {
		int size = piece.readableBytes();
		if (this.mode != Mode.LENGTH || size > head.writableBytes()) {
			this.out.write(head);
			write(piece);
			return;
		}
		this.remaining -= size;
		head.writeBytes(piece);
		piece.release();
		this.out.write(head);
	}

	/**
	 * How much room a head needs to take the body as well.
	 * @param length length of the body, or -1 if it is not known
	 * @return bytes, 0 if copying the body would cost more
	 */
	public static int room(long length) {
		return (length > 0 && length <= COPY_LIMIT) ? (int) length : 0;
	}

	/** Marks the end of the body. */
	public void end() {
		if (this.mode == Mode.CHUNKED) {
			this.out.write(ByteBufUtil.writeAscii(this.out.context().alloc(), "0\r\n\r\n"));
		}
		this.mode = Mode.NONE;
	}

	private static ByteBuf crlf(ByteBuf buffer) {
		return buffer.writeByte('\r').writeByte('\n');
	}

	static ByteBuf wrap(byte[] bytes) {
		return Unpooled.wrappedBuffer(bytes);
	}

}
