package io.securestreams.transport.websocket;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * Sends back what comes, piece by piece; while the peer does not take it, nothing more is
 * received.
 */
public class PieceEcho implements StreamHandler {

	private static final int MAX_PIECES = 256;

	final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final ArrayDeque<Piece> pieces = new ArrayDeque<>();

	private boolean paused;

	@Override
	public void onState(SecureStream stream, StreamState state, long ordinal) {
		switch (state) {
			case DISCONNECTED, UNREACHABLE, DESTROYING -> {
				this.ended.complete(null);
				this.pieces.forEach((piece) -> piece.bytes().release());
				this.pieces.clear();
			}
			default -> {
			}
		}
	}

	@Override
	public void onReceive(SecureStream stream, Payload payload) {
		this.pieces.add(new Piece(payload.content().retain(), payload.isEnd()));
		if (this.pieces.size() > MAX_PIECES && !this.paused) {
			this.paused = true;
			stream.pauseReceiving();
		}
		stream.requestTx();
	}

	@Override
	public void onWritable(SecureStream stream, TxSlot slot) {
		Piece piece = this.pieces.poll();
		if (piece == null) {
			return;
		}
		if (piece.bytes().readableBytes() > slot.capacity()) {
			slot.transfer(piece.bytes().readRetainedSlice(slot.capacity()));
			this.pieces.addFirst(new Piece(piece.bytes(), piece.end()));
		}
		else {
			if (piece.end()) {
				slot.end();
			}
			slot.transfer(piece.bytes());
		}
		if (!this.pieces.isEmpty()) {
			stream.requestTx();
		}
		else if (this.paused) {
			this.paused = false;
			stream.resumeReceiving();
		}
	}

	private record Piece(ByteBuf bytes, boolean end) {

	}

}
