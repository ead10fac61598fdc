package io.securestreams.transport.websocket.frame;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Undoes permessage-deflate (RFC 7692 section 7.2.2) in pieces of bounded size, on
 * demand: what a message inflates to is never in memory as a whole.
 */
public final class MessageInflater {

	private static final int PIECE = 16 * 1024;

	/** Ratios mean nothing while there is little output. */
	private static final long RATIO_GRACE = 1024 * 1024;

	/** What the sender has cut off the end of every message. */
	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private final ByteBufAllocator allocator;

	private final boolean takeover;

	private final long maxInflated;

	private final int maxRatio;

	/** Native memory of about 40 KiB, which is had with the first message. */
	private @Nullable Inflater inflater;

	/** The inflater moves its position as it reads. */
	private ByteBuffer source = ByteBuffer.allocate(0);

	private boolean start;

	private boolean last;

	private boolean tail;

	/** A final block has ended, and nothing has followed it. */
	private boolean between;

	private boolean done = true;

	private boolean pieceStart;

	private boolean pieceEnd;

	private long consumed;

	private long produced;

	/**
	 * Makes an inflater.
	 * @param allocator gives the pieces
	 * @param takeover whether the peer's messages refer to earlier ones
	 * @param maxInflated most bytes one message may inflate to
	 * @param maxRatio most bytes that a message of more than 1 MiB may inflate to, per
	 * byte received
	 */
	public MessageInflater(ByteBufAllocator allocator, boolean takeover, long maxInflated, int maxRatio) {
		this.allocator = allocator;
		this.takeover = takeover;
		this.maxInflated = maxInflated;
		this.maxRatio = maxRatio;
	}

	/**
	 * Sets the next part of a message; the part before it has been used up.
	 */
	void input(ByteBuf bytes, int index, int length, boolean first, boolean isLast) {
		if (first) {
			this.start = true;
			this.consumed = 0;
			this.produced = 0;
		}
		this.last = isLast;
		this.tail = false;
		this.done = false;
		this.consumed += length;
		this.between &= length == 0;
		if (this.inflater == null) {
			this.inflater = new Inflater(true);
		}
		feed(this.inflater, bytes.nioBuffer(index, length));
	}

	/** Whether the piece is the first of its message. */
	boolean isMessageStart() {
		return this.pieceStart;
	}

	/** Whether the piece is the last of its message. */
	boolean isMessageEnd() {
		return this.pieceEnd;
	}

	/**
	 * Inflates.
	 * @return the next piece, owned by the caller, or {@code null} when the part is used
	 * up
	 */
	@Nullable ByteBuf next() throws WebSocketViolation {
		Inflater state = this.inflater;
		if (this.done || state == null) {
			return null;
		}
		ByteBuf piece = this.allocator.directBuffer(PIECE, PIECE);
		try {
			fill(state, piece);
			limit();
		}
		catch (DataFormatException ex) {
			piece.release();
			throw new WebSocketViolation(CloseCode.BAD_DATA, "compressed data is damaged: " + ex.getMessage());
		}
		catch (WebSocketViolation ex) {
			piece.release();
			throw ex;
		}
		this.done = piece.isWritable();
		this.pieceStart = this.start;
		this.pieceEnd = this.done && this.last;
		if (this.pieceEnd && !this.takeover) {
			state.reset();
		}
		if (!piece.isReadable() && !this.pieceEnd) {
			piece.release();
			return null;
		}
		this.start = false;
		return piece;
	}

	/** Fills the piece; where room is left over, the part is used up. */
	private void fill(Inflater state, ByteBuf piece) throws DataFormatException {
		while (piece.isWritable()) {
			ByteBuffer room = piece.internalNioBuffer(piece.writerIndex(), piece.writableBytes());
			int count = state.inflate(room);
			piece.writerIndex(piece.writerIndex() + count);
			this.produced += count;
			if (state.finished()) {
				// A final block in the middle: what follows is a stream of its own
				// (RFC 7692 section 7.2.3.5)
				state.reset();
				feed(state, this.source);
				this.between = !this.source.hasRemaining();
			}
			else if (state.needsDictionary()) {
				throw new DataFormatException("preset dictionary");
			}
			else if (count == 0) {
				if (!state.needsInput() || this.tail || !this.last) {
					return;
				}
				this.tail = true;
				if (this.between) {
					// It ends with the final block: nothing has been cut off
					return;
				}
				feed(state, ByteBuffer.wrap(TAIL));
			}
		}
	}

	private void feed(Inflater state, ByteBuffer bytes) {
		this.source = bytes;
		state.setInput(bytes);
	}

	private void limit() throws WebSocketViolation {
		if (this.produced > this.maxInflated) {
			throw new WebSocketViolation(CloseCode.TOO_BIG,
					"message inflates to more than " + this.maxInflated + " bytes");
		}
		if (this.produced > RATIO_GRACE && this.produced / Math.max(1, this.consumed) > this.maxRatio) {
			throw new WebSocketViolation(CloseCode.TOO_BIG,
					"message inflates to more than " + this.maxRatio + " times its size");
		}
	}

	/**
	 * Gives native memory back between two messages, unless the next one may refer to
	 * what is in it (RFC 7692 section 7.2.2).
	 */
	void giveBack() {
		if (!this.takeover && this.done && this.last) {
			close();
		}
	}

	/** Whether it holds native memory. */
	boolean isHolding() {
		return this.inflater != null;
	}

	void close() {
		if (this.inflater != null) {
			this.inflater.end();
			this.inflater = null;
		}
	}

}
