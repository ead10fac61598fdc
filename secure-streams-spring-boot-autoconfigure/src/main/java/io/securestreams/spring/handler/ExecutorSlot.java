package io.securestreams.spring.handler;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.TxSlot;

/**
 * A slot as a handler on an executor sees it. It goes back when the handler returns,
 * unless the handler has taken it with it in its turn.
 */
final class ExecutorSlot implements TxSlot {

	private final DetachedSlot slot;

	/** The handler has taken it. */
	private boolean taken;

	private boolean used;

	/** What the handler may write into by itself. */
	private @Nullable ByteBuf buffer;

	ExecutorSlot(DetachedSlot slot) {
		this.slot = slot;
	}

	/** The handler has returned. */
	void submit() {
		if (!this.taken) {
			this.slot.submit();
		}
	}

	/** Without effect after {@link #submit()}. */
	void discard() {
		if (!this.taken) {
			this.slot.discard();
		}
	}

	@Override
	public long ordinal() {
		return this.slot.ordinal();
	}

	@Override
	public int capacity() {
		return this.slot.capacity();
	}

	@Override
	public String rideshare() {
		return this.slot.rideshare();
	}

	@Override
	public TxSlot end() {
		own().end();
		this.used = true;
		return this;
	}

	@Override
	public TxSlot write(byte[] bytes) {
		return write(bytes, 0, bytes.length);
	}

	@Override
	public TxSlot write(byte[] bytes, int offset, int length) {
		own().write(bytes, offset, length);
		this.used |= length > 0;
		return this;
	}

	@Override
	public TxSlot write(ByteBuffer bytes) {
		boolean some = bytes.hasRemaining();
		own().write(bytes);
		this.used |= some;
		return this;
	}

	@Override
	public TxSlot write(CharSequence text) {
		own().write(text);
		this.used |= !text.isEmpty();
		return this;
	}

	@Override
	public ByteBuf buffer() {
		ByteBuf own = own().buffer();
		this.buffer = own;
		return own;
	}

	@Override
	public TxSlot transfer(ByteBuf bytes) {
		if (this.taken) {
			bytes.release();
		}
		own().transfer(bytes);
		this.used = true;
		return this;
	}

	@Override
	public DetachedSlot detach() {
		DetachedSlot own = own();
		if (this.used || (this.buffer != null && this.buffer.isReadable())) {
			throw new IllegalStateException("the slot has content already (expected: detach() before any write)");
		}
		this.taken = true;
		return own;
	}

	private DetachedSlot own() {
		if (this.taken) {
			throw new IllegalStateException("the slot has been detached (expected: the detached one is used)");
		}
		return this.slot;
	}

}
