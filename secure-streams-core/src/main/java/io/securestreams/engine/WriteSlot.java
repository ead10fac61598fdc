package io.securestreams.engine;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.stream.TxSlot;

/**
 * The one transmit slot of a stream, opened anew for each call of the handler.
 */
final class WriteSlot implements TxSlot {

	/**
	 * Room in front of the payload for the framing of WebSocket, HTTP/2 and the proxy.
	 */
	private static final int HEADROOM = 16;

	private static final int INITIAL_CAPACITY = 256;

	private final String streamType;

	private @Nullable ByteBuf buffer;

	private boolean transferred;

	private boolean open;

	private long ordinal;

	private int capacity;

	private int flags;

	WriteSlot(String streamType) {
		this.streamType = streamType;
	}

	void open(long ordinal, int capacity) {
		this.ordinal = ordinal;
		this.capacity = capacity;
		this.flags = 0;
		this.transferred = false;
		this.open = true;
	}

	/** Whether there is something to send. */
	boolean isUsed() {
		ByteBuf written = this.buffer;
		return this.flags != 0 || (written != null && written.isReadable());
	}

	int flags() {
		return this.flags;
	}

	/** Ends the slot; the caller owns the buffer. */
	ByteBuf take() {
		ByteBuf written = this.buffer;
		this.buffer = null;
		this.open = false;
		return (written != null) ? written : Unpooled.EMPTY_BUFFER;
	}

	/** Ends the slot without sending. */
	void discard() {
		take().release();
	}

	@Override
	public long ordinal() {
		return this.ordinal;
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	@Override
	public String rideshare() {
		return this.streamType;
	}

	@Override
	public TxSlot start() {
		requireOpen();
		this.flags |= PayloadFlags.SOM;
		return this;
	}

	@Override
	public TxSlot end() {
		requireOpen();
		this.flags |= PayloadFlags.EOM;
		return this;
	}

	@Override
	public TxSlot write(byte[] bytes) {
		return write(bytes, 0, bytes.length);
	}

	@Override
	public TxSlot write(byte[] bytes, int offset, int length) {
		room(length).writeBytes(bytes, offset, length);
		return this;
	}

	@Override
	public TxSlot write(ByteBuffer bytes) {
		room(bytes.remaining()).writeBytes(bytes);
		return this;
	}

	@Override
	public TxSlot write(CharSequence text) {
		room(ByteBufUtil.utf8Bytes(text));
		ByteBufUtil.writeUtf8(buffer(), text);
		return this;
	}

	@Override
	public ByteBuf buffer() {
		requireOpen();
		ByteBuf current = this.buffer;
		if (current == null) {
			int initial = HEADROOM + Math.min(this.capacity, INITIAL_CAPACITY);
			current = ByteBufAllocator.DEFAULT.directBuffer(initial, HEADROOM + this.capacity);
			current.setIndex(HEADROOM, HEADROOM);
			this.buffer = current;
		}
		return current;
	}

	@Override
	public TxSlot transfer(ByteBuf bytes) {
		requireOpen();
		ByteBuf current = this.buffer;
		if (current != null && current.isReadable()) {
			bytes.release();
			throw new IllegalStateException("the slot has content already (expected: transfer() before any write)");
		}
		if (bytes.readableBytes() > this.capacity) {
			int length = bytes.readableBytes();
			bytes.release();
			throw tooMuch(length);
		}
		if (current != null) {
			current.release();
		}
		this.buffer = bytes;
		this.transferred = true;
		return this;
	}

	private ByteBuf room(int length) {
		if (this.transferred) {
			throw new IllegalStateException("the slot's content was transferred (expected: no further write)");
		}
		ByteBuf current = buffer();
		if (length > this.capacity - current.readableBytes()) {
			throw tooMuch(current.readableBytes() + length);
		}
		return current;
	}

	private IndexOutOfBoundsException tooMuch(int length) {
		return new IndexOutOfBoundsException(
				"payload: " + length + " bytes (expected: at most capacity() = " + this.capacity + ")");
	}

	private void requireOpen() {
		if (!this.open) {
			throw new IllegalStateException("a slot is valid only inside onWritable");
		}
	}

}
