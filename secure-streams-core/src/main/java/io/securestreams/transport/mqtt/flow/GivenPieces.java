package io.securestreams.transport.mqtt.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;

/**
 * What a handler has been given of a message in several pieces, so that it can be given
 * again from the start: all of it, or nothing. On the session's executor.
 */
public final class GivenPieces {

	private final int most;

	private final Deque<MessagePiece> pieces = new ArrayDeque<>(0);

	private int bytes;

	/** Nothing is missing. */
	private boolean whole;

	/**
	 * Makes what keeps.
	 * @param most bytes; of a longer message nothing is kept
	 */
	public GivenPieces(int most) {
		this.most = most;
	}

	/**
	 * There is another message.
	 * @param wanted whether it may have to be given again
	 */
	public void begin(boolean wanted) {
		release();
		this.whole = wanted;
	}

	/**
	 * Keeps a piece.
	 * @param message what it is of
	 * @param content borrowed
	 * @param flags those of the piece
	 */
	public void add(IncomingMessage message, ByteBuf content, int flags) {
		if (!this.whole) {
			return;
		}
		this.bytes += content.readableBytes();
		if (this.bytes > this.most) {
			release();
		}
		else {
			this.pieces.add(new MessagePiece(message, content.retainedSlice(), flags));
		}
	}

	/**
	 * Whether nothing has been kept.
	 * @return {@code true} of a message that cannot be given again
	 */
	public boolean isEmpty() {
		return this.pieces.isEmpty();
	}

	/**
	 * Hands over what has been kept.
	 * @param next owns the pieces
	 */
	public void drainTo(Consumer<MessagePiece> next) {
		for (MessagePiece piece = this.pieces.poll(); piece != null; piece = this.pieces.poll()) {
			next.accept(piece);
		}
	}

	/**
	 * Nothing of it is needed any more.
	 */
	public void release() {
		this.whole = false;
		this.bytes = 0;
		drainTo((piece) -> piece.bytes().release());
	}

}
