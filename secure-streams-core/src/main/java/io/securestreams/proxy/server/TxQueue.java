package io.securestreams.proxy.server;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.proxy.wire.PayloadFlag;
import io.securestreams.proxy.wire.TxPayload;
import io.securestreams.stream.TxSlot;

/**
 * What a client has sent and the onward connection has not taken yet.
 */
final class TxQueue {

	/** What a piece costs beside its bytes. */
	private static final int OVERHEAD = 64;

	/** Less is copied, so that a few bytes do not keep a large buffer. */
	private static final int MIN_SHARED = 2048;

	private record Piece(ByteBuf bytes, boolean end, int frame) {

		int cost() {
			return this.bytes.readableBytes() + OVERHEAD;
		}

	}

	private final ArrayDeque<Piece> pieces = new ArrayDeque<>();

	private final int limit;

	private long size;

	TxQueue(int limit) {
		this.limit = limit;
	}

	/**
	 * Takes payload.
	 * @param payload borrowed
	 * @param frame its frame's number on the link
	 */
	void add(TxPayload payload, int frame) {
		boolean end = (payload.flags() & PayloadFlag.EOM) != 0;
		ByteBuf content = payload.content();
		int length = content.readableBytes();
		if (length == 0 && !end) {
			return;
		}
		ByteBuf kept = (length >= MIN_SHARED) ? content.retain() : content.alloc().buffer(length).writeBytes(content);
		Piece piece = new Piece(kept, end, frame);
		this.pieces.add(piece);
		this.size += piece.cost();
	}

	boolean isEmpty() {
		return this.pieces.isEmpty();
	}

	long size() {
		return this.size;
	}

	/** Whether the client is to wait. */
	boolean isFull() {
		return this.size >= this.limit;
	}

	/** Whether a client that has been waiting may go on. */
	boolean hasRoom() {
		return this.size <= this.limit / 2;
	}

	/**
	 * Fills a slot, with bytes of one message at most.
	 * @param slot takes them
	 * @return number of the last frame that has gone with it; -1 if none is complete
	 */
	int fill(TxSlot slot) {
		Piece first = this.pieces.peek();
		if (first == null) {
			return -1;
		}
		int room = slot.capacity();
		if (first.bytes.readableBytes() <= room && (first.end || this.pieces.size() == 1)) {
			remove(first);
			slot.transfer(first.bytes);
			if (first.end) {
				slot.end();
			}
			return first.frame;
		}
		int done = -1;
		ByteBuf out = slot.buffer();
		Piece piece = first;
		while (piece != null && room > 0) {
			int length = Math.min(room, piece.bytes.readableBytes());
			this.size -= length;
			room -= length;
			out.writeBytes(piece.bytes, length);
			if (piece.bytes.isReadable()) {
				break;
			}
			done = piece.frame;
			remove(piece);
			piece.bytes.release();
			if (piece.end) {
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

	/** Lets go of everything. */
	void clear() {
		@Nullable Piece piece = this.pieces.poll();
		while (piece != null) {
			piece.bytes.release();
			piece = this.pieces.poll();
		}
		this.size = 0;
	}

}
