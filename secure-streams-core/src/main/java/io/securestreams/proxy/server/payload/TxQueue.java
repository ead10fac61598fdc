package io.securestreams.proxy.server.payload;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.IntConsumer;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.stream.TxSlot;

/**
 * What a client has sent and the onward connection has not taken yet. Where there are no
 * messages, small pieces are put together as they come.
 */
public final class TxQueue {

	/** What a piece costs beside its bytes. */
	private static final int OVERHEAD = 64;

	/** Of what was read at once, a piece of less than such a part does not keep all. */
	private static final int MIN_PART = 2;

	/** Bytes that go together where there are no messages: what a slot takes at least. */
	private static final int TOGETHER = 16 * 1024;

	private static final class Piece {

		private ByteBuf bytes;

		private final boolean end;

		private final int frame;

		/** So many bytes stay in use with these. */
		private int whole;

		Piece(ByteBuf bytes, boolean end, int frame, int whole) {
			this.bytes = bytes;
			this.end = end;
			this.frame = frame;
			this.whole = whole;
		}

		/** Whether nobody else has a part of the buffer. */
		boolean isOwn() {
			return this.whole == 0;
		}

		int cost() {
			return this.bytes.readableBytes() + OVERHEAD;
		}

	}

	private final ArrayDeque<Piece> pieces = new ArrayDeque<>();

	private final boolean messages;

	private final int limit;

	private long size;

	/** How many of the last pieces have come since there was time to look at them. */
	private int recent;

	/**
	 * Makes an empty queue.
	 * @param messages whether there are any
	 * @param limit bytes at which it is full
	 */
	public TxQueue(boolean messages, int limit) {
		this.messages = messages;
		this.limit = limit;
	}

	/**
	 * Takes payload; {@link #settle()} follows, soon.
	 * @param payload borrowed
	 * @param frame its frame's number on the link
	 * @param whole capacity of the buffer that it is a part of
	 */
	public void add(TxPayload payload, int frame, int whole) {
		boolean end = (payload.flags() & PayloadFlag.EOM) != 0;
		ByteBuf content = payload.content();
		int length = content.readableBytes();
		if (length == 0 && !end) {
			return;
		}
		if (!this.messages && length > 0 && length < TOGETHER) {
			addTogether(content, length, frame);
			return;
		}
		add(new Piece(content.retain(), end, frame, whole));
	}

	/** An end says nothing here, unless nothing comes with it. */
	private void addTogether(ByteBuf content, int length, int frame) {
		Piece last = this.pieces.peekLast();
		if (last != null && last.isOwn() && last.bytes.maxWritableBytes() >= length) {
			last.bytes.writeBytes(content);
			this.size += length;
			return;
		}
		int capacity = (last != null) ? TOGETHER : length;
		ByteBuf together = content.alloc().directBuffer(capacity, capacity);
		add(new Piece(together.writeBytes(content), false, frame, 0));
	}

	private void add(Piece piece) {
		this.pieces.add(piece);
		this.size += piece.cost();
		this.recent++;
	}

	/**
	 * Nothing more has been read. What was read is let go of as far as what is left is
	 * not worth its memory.
	 */
	public void settle() {
		int left = Math.min(this.recent, this.pieces.size());
		this.recent = 0;
		Iterator<Piece> lastFirst = this.pieces.descendingIterator();
		for (; left > 0; left--) {
			Piece piece = lastFirst.next();
			int length = piece.bytes.readableBytes();
			if (length < piece.whole / MIN_PART) {
				ByteBuf copy = piece.bytes.alloc().directBuffer(length, length).writeBytes(piece.bytes);
				piece.bytes.release();
				piece.bytes = copy;
				piece.whole = 0;
			}
		}
	}

	public boolean isEmpty() {
		return this.pieces.isEmpty();
	}

	public long size() {
		return this.size;
	}

	/** Whether the client is to wait. */
	public boolean isFull() {
		return this.size >= this.limit;
	}

	/** By how much it is more than full. */
	public long excess() {
		return Math.max(0, this.size - this.limit);
	}

	/** Whether a client that has been waiting may go on. */
	public boolean hasRoom() {
		return this.size <= this.limit / 2;
	}

	/**
	 * Fills a slot, with bytes of one message at most.
	 * @param slot takes them
	 * @return number of the frame whose end of a message has gone with it, unsigned; -1
	 * if none has
	 */
	public long fill(TxSlot slot) {
		Piece first = this.pieces.peek();
		if (first == null) {
			return -1;
		}
		int room = slot.capacity();
		if (first.bytes.readableBytes() <= room && (first.end || !this.messages || this.pieces.size() == 1)) {
			remove(first);
			slot.transfer(first.bytes);
			if (first.end) {
				slot.end();
			}
			return first.end ? Integer.toUnsignedLong(first.frame) : -1;
		}
		if (first.bytes.readableBytes() > room) {
			this.size -= room;
			slot.transfer(first.bytes.readRetainedSlice(room));
			return -1;
		}
		return gather(slot, room);
	}

	private long gather(TxSlot slot, int capacity) {
		long done = -1;
		int room = capacity;
		ByteBuf out = slot.buffer();
		Piece piece = this.pieces.peek();
		while (piece != null && room > 0) {
			int length = Math.min(room, piece.bytes.readableBytes());
			this.size -= length;
			room -= length;
			out.writeBytes(piece.bytes, length);
			if (piece.bytes.isReadable()) {
				break;
			}
			remove(piece);
			piece.bytes.release();
			if (piece.end) {
				done = Integer.toUnsignedLong(piece.frame);
				slot.end();
				break;
			}
			piece = this.pieces.peek();
		}
		return done;
	}

	private void remove(Piece piece) {
		this.pieces.remove();
		this.size -= piece.cost();
	}

	/**
	 * Tells which messages end here.
	 * @param frames takes the number of the last frame of each
	 */
	public void ends(IntConsumer frames) {
		for (Piece piece : this.pieces) {
			if (piece.end) {
				frames.accept(piece.frame);
			}
		}
	}

	/** Lets go of everything. */
	public void clear() {
		@Nullable Piece piece = this.pieces.poll();
		while (piece != null) {
			piece.bytes.release();
			piece = this.pieces.poll();
		}
		this.size = 0;
		this.recent = 0;
	}

}
