package io.securestreams.proxy.server.payload;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.PayloadHead;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.stream.DetachedSlot;
import io.securestreams.stream.TxSlot;

import static org.assertj.core.api.Assertions.assertThat;

class TxQueueTests {

	private static final int WHOLE = PayloadFlag.SOM | PayloadFlag.EOM;

	private final List<TxQueue> queues = new ArrayList<>();

	@AfterEach
	void clear() {
		this.queues.forEach(TxQueue::clear);
	}

	private TxQueue queue(boolean messages) {
		TxQueue queue = new TxQueue(messages, 32 * 1024);
		this.queues.add(queue);
		return queue;
	}

	/** Adds frames of one size out of one buffer, which is then let go of. */
	private static ByteBuf add(TxQueue queue, int size, int count) {
		ByteBuf read = UnpooledByteBufAllocator.DEFAULT.directBuffer(64 * 1024).writeZero(size * count);
		for (int i = 0; i < count; i++) {
			queue.add(new TxPayload(PayloadHead.of(WHOLE, 0, size), read.readSlice(size)), i, read.capacity());
		}
		read.release();
		return read;
	}

	@Test
	void smallPiecesGoTogetherWhereThereAreNoMessages() {
		TxQueue queue = queue(false);
		add(queue, 1024, 32);
		List<Integer> slots = new ArrayList<>();
		while (!queue.isEmpty()) {
			slots.add(new Slot(16 * 1024).filledBy(queue));
		}
		assertThat(slots).containsExactly(1024, 16 * 1024, 15 * 1024);
		assertThat(queue.size()).isZero();
	}

	@Test
	void aMessageHasSlotsOfItsOwn() {
		TxQueue queue = queue(true);
		add(queue, 1000, 3);
		Slot slot = new Slot(16 * 1024);
		assertThat(queue.fill(slot)).isZero();
		assertThat(slot.ended).isTrue();
		assertThat(slot.release()).isEqualTo(1000);
		assertThat(new Slot(600).filledBy(queue)).isEqualTo(600);
		assertThat(new Slot(600).filledBy(queue)).isEqualTo(400);
	}

	@Test
	void anEndWithoutPayloadIsToldAloneWhereThereAreNoMessages() {
		TxQueue queue = queue(false);
		add(queue, 10, 1);
		add(queue, 0, 1);
		add(queue, 10, 1);
		Slot slot = new Slot(100);
		queue.fill(slot);
		assertThat(slot.ended).isFalse();
		assertThat(slot.release()).isEqualTo(10);
		slot = new Slot(100);
		queue.fill(slot);
		assertThat(slot.ended).isTrue();
		assertThat(slot.release()).isZero();
	}

	@Test
	void threeBytesAtATimeBringAll() {
		for (boolean messages : new boolean[] { true, false }) {
			TxQueue queue = queue(messages);
			add(queue, 20, 5);
			int total = 0;
			while (!queue.isEmpty()) {
				total += new Slot(3).filledBy(queue);
			}
			assertThat(total).isEqualTo(100);
			assertThat(queue.size()).isZero();
		}
	}

	@Test
	void whatIsLeftDoesNotKeepAllThatWasRead() {
		TxQueue queue = queue(true);
		ByteBuf read = add(queue, 3000, 2);
		assertThat(read.refCnt()).isPositive();
		queue.settle();
		assertThat(read.refCnt()).isZero();
		ByteBuf full = add(queue, 60_000, 1);
		queue.settle();
		assertThat(full.refCnt()).isPositive();
	}

	@Test
	void fullnessCountsWhatPiecesCost() {
		TxQueue queue = queue(true);
		add(queue, 1, 400);
		assertThat(queue.isFull()).isFalse();
		add(queue, 1, 400);
		assertThat(queue.isFull()).isTrue();
		assertThat(queue.excess()).isEqualTo(queue.size() - 32 * 1024);
		queue.clear();
		assertThat(queue.excess()).isZero();
	}

	private static final class Slot implements TxSlot {

		private final int capacity;

		private ByteBuf bytes = UnpooledByteBufAllocator.DEFAULT.buffer();

		private boolean ended;

		Slot(int capacity) {
			this.capacity = capacity;
		}

		int filledBy(TxQueue queue) {
			queue.fill(this);
			return release();
		}

		int release() {
			int length = this.bytes.readableBytes();
			assertThat(length).isLessThanOrEqualTo(this.capacity);
			this.bytes.release();
			return length;
		}

		@Override
		public TxSlot transfer(ByteBuf given) {
			this.bytes.release();
			this.bytes = given;
			return this;
		}

		@Override
		public ByteBuf buffer() {
			return this.bytes;
		}

		@Override
		public TxSlot end() {
			this.ended = true;
			return this;
		}

		@Override
		public int capacity() {
			return this.capacity;
		}

		@Override
		public long ordinal() {
			return 0;
		}

		@Override
		public String rideshare() {
			return "";
		}

		@Override
		public TxSlot write(byte[] array) {
			throw new UnsupportedOperationException();
		}

		@Override
		public TxSlot write(byte[] array, int offset, int length) {
			throw new UnsupportedOperationException();
		}

		@Override
		public TxSlot write(ByteBuffer buffer) {
			throw new UnsupportedOperationException();
		}

		@Override
		public TxSlot write(CharSequence text) {
			throw new UnsupportedOperationException();
		}

		@Override
		public DetachedSlot detach() {
			throw new UnsupportedOperationException();
		}

	}

}
