package io.securestreams.demo.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.TxSlot;

/**
 * A slot that keeps what is written to it.
 */
final class FakeSlot implements TxSlot {

	private final ByteBuf buffer;

	private final int capacity;

	boolean ended;

	FakeSlot(int capacity) {
		this.capacity = capacity;
		this.buffer = Unpooled.buffer(capacity, capacity);
	}

	String text() {
		return this.buffer.toString(StandardCharsets.UTF_8);
	}

	@Override
	public long ordinal() {
		return 0;
	}

	@Override
	public int capacity() {
		return this.capacity;
	}

	@Override
	public String rideshare() {
		return "";
	}

	@Override
	public TxSlot end() {
		this.ended = true;
		return this;
	}

	@Override
	public TxSlot write(byte[] bytes) {
		this.buffer.writeBytes(bytes);
		return this;
	}

	@Override
	public TxSlot write(byte[] bytes, int offset, int length) {
		this.buffer.writeBytes(bytes, offset, length);
		return this;
	}

	@Override
	public TxSlot write(ByteBuffer bytes) {
		this.buffer.writeBytes(bytes);
		return this;
	}

	@Override
	public TxSlot write(CharSequence text) {
		return write(text.toString().getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public ByteBuf buffer() {
		return this.buffer;
	}

	@Override
	public TxSlot transfer(ByteBuf bytes) {
		this.buffer.writeBytes(bytes);
		bytes.release();
		return this;
	}

	@Override
	public DetachedSlot detach() {
		throw new UnsupportedOperationException();
	}

}
