package io.securestreams.transport.http.exchange;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.stream.HttpAnswer;
import io.securestreams.stream.StreamFailure;

/**
 * An answer that ends an attempt, whose body may still be on its way: the start of it is
 * worth a moment, for it often says why.
 */
final class RefusedAnswer {

	/** Most of the body that is kept. */
	static final int MAX_BODY = 4096;

	/** How long the body may take, in ms. */
	static final long PATIENCE = 1000;

	private final StreamFailure failure;

	private final HttpAnswer head;

	private final StreamExecutor.Timer timer;

	private byte[] body = {};

	/**
	 * Starts to wait for the body.
	 * @param failure what the attempt ends with
	 * @param head the answer
	 * @param executor the stream's
	 * @param overdue called when it takes too long
	 */
	RefusedAnswer(StreamFailure failure, HttpAnswer head, StreamExecutor executor, Runnable overdue) {
		this.failure = failure;
		this.head = head;
		this.timer = executor.schedule(overdue, PATIENCE);
	}

	/**
	 * Takes a piece of the body.
	 * @param piece borrowed
	 * @return whether that is enough
	 */
	boolean add(ByteBuf piece) {
		int known = this.body.length;
		int length = Math.min(piece.readableBytes(), MAX_BODY - known);
		this.body = Arrays.copyOf(this.body, known + length);
		piece.getBytes(piece.readerIndex(), this.body, known, length);
		return this.body.length == MAX_BODY;
	}

	/** Nobody waits any more. */
	void stop() {
		this.timer.cancel();
	}

	/** Returns what to report. */
	StreamFailure failure() {
		return this.failure.withAnswer(this.head.withBody(this.body));
	}

}
