package io.securestreams.engine.stream;

import java.nio.ByteBuffer;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.TxSlot;

/**
 * The one transmit slot of a stream, opened anew for each call of the handler.
 */
class WriteSlot implements TxSlot {

	/**
	 * Room in front of the payload for the framing of WebSocket, HTTP/2 and the proxy.
	 */
	private static final int HEADROOM = 16;

	/** For an application that writes into the buffer itself. */
	private static final int INITIAL_CAPACITY = 2048;

	private static final int MIN_CAPACITY = 64;

	private final SerialContext context;

	private String rideshare = "";

	private @Nullable ByteBuf buffer;

	private boolean transferred;

	private boolean open;

	/** Unsigned. */
	private int ordinal;

	private int capacity;

	private boolean end;

	private @Nullable ReservedSlot reserved;

	WriteSlot(SerialContext context) {
		this.context = context;
	}

	final void open(long ordinal, int capacity, String rideshare) {
		this.rideshare = rideshare;
		this.ordinal = (int) ordinal;
		this.capacity = capacity;
		this.end = false;
		this.transferred = false;
		this.open = true;
	}

	/** Whether there is something to send. */
	boolean isUsed() {
		ByteBuf written = this.buffer;
		return this.end || (written != null && written.isReadable());
	}

	boolean isEnd() {
		return this.end;
	}

	int length() {
		ByteBuf written = this.buffer;
		return (written != null) ? written.readableBytes() : 0;
	}

	/** Ends the slot; the caller owns the buffer. */
	ByteBuf take() {
		ByteBuf written = this.buffer;
		this.buffer = null;
		this.open = false;
		return (written != null) ? written : Unpooled.EMPTY_BUFFER;
	}

	/** Takes the first bytes of a slot that has more; the caller owns the buffer. */
	ByteBuf take(int bytes) {
		return Objects.requireNonNull(this.buffer).readRetainedSlice(bytes);
	}

	/** Ends the slot without sending. */
	final void clear() {
		this.end = false;
		take().release();
	}

	final boolean isOpen() {
		return this.open;
	}

	/**
	 * Nothing is written any more.
	 * @return whether that is new
	 */
	final boolean close() {
		boolean before = this.open;
		this.open = false;
		return before;
	}

	/** What the handler has taken with it instead of writing, once. */
	@Nullable ReservedSlot takeReserved() {
		ReservedSlot taken = this.reserved;
		this.reserved = null;
		return taken;
	}

	@Override
	public long ordinal() {
		return Integer.toUnsignedLong(this.ordinal);
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	@Override
	public String rideshare() {
		return this.rideshare;
	}

	@Override
	public DetachedSlot detach() {
		requireOpen();
		if (isUsed()) {
			throw new IllegalStateException("the slot has content already (expected: detach() before any write)");
		}
		clear();
		ReservedSlot taken = new ReservedSlot(this.context, this);
		this.reserved = taken;
		return taken;
	}

	@Override
	public TxSlot end() {
		requireOpen();
		this.end = true;
		return this;
	}

	@Override
	public TxSlot write(byte[] bytes) {
		return write(bytes, 0, bytes.length);
	}

	@Override
	public TxSlot write(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
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
		int length = ByteBufUtil.utf8Bytes(text);
		// The exact length: the estimate of writeUtf8 may be more than there is room for
		ByteBufUtil.reserveAndWriteUtf8(room(length), text, length);
		return this;
	}

	@Override
	public ByteBuf buffer() {
		requireOpen();
		return allocated(INITIAL_CAPACITY);
	}

	private ByteBuf allocated(int least) {
		ByteBuf current = this.buffer;
		if (current == null) {
			int initial = HEADROOM + Math.min(this.capacity, least);
			current = this.context.executor().allocator().directBuffer(initial, HEADROOM + this.capacity);
			current.setIndex(HEADROOM, HEADROOM);
			this.buffer = current;
		}
		return current;
	}

	@Override
	public TxSlot transfer(ByteBuf bytes) {
		boolean taken = false;
		try {
			requireOpen();
			ByteBuf current = this.buffer;
			if (this.transferred || (current != null && current.isReadable())) {
				throw new IllegalStateException("the slot has content already (expected: transfer() before any write)");
			}
			if (bytes.readableBytes() > this.capacity) {
				throw tooMuch(bytes.readableBytes());
			}
			if (current != null) {
				current.release();
			}
			this.buffer = bytes;
			this.transferred = true;
			taken = true;
			return this;
		}
		finally {
			if (!taken) {
				bytes.release();
			}
		}
	}

	private ByteBuf room(int length) {
		requireOpen();
		if (this.transferred) {
			throw new IllegalStateException("the slot's content was transferred (expected: no further write)");
		}
		ByteBuf current = this.buffer;
		int written = (current != null) ? current.readableBytes() : 0;
		if (length > this.capacity - written) {
			throw tooMuch((long) written + length);
		}
		return allocated(Math.max(length, MIN_CAPACITY));
	}

	private IndexOutOfBoundsException tooMuch(long length) {
		return new IndexOutOfBoundsException(
				"payload: " + length + " bytes (expected: at most capacity() = " + this.capacity + ")");
	}

	private void requireOpen() {
		if (!this.open) {
			throw new IllegalStateException("a slot is valid only inside onWritable");
		}
	}

}
