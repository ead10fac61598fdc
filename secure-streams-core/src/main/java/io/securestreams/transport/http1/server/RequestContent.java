package io.securestreams.transport.http1.server;

import io.netty.buffer.ByteBuf;

/**
 * The body of a request, as it arrives: how much there is of it, and whether anybody
 * wants it.
 */
final class RequestContent {

	/** More of a body nobody wants is not worth the connection; bytes. */
	private static final int MAX_DISCARD = 64 * 1024;

	private final long maxSize;

	private long size;

	private boolean discarding;

	private int discarded;

	RequestContent(long maxSize) {
		this.maxSize = maxSize;
	}

	/**
	 * What is to be done with a piece.
	 */
	enum Verdict {

		/** The application gets it. */
		DELIVER,

		/** It is dropped. */
		DROP,

		/** It is dropped, and has been too much to go on. */
		ENOUGH,

		/** The body is longer than bodies may be. */
		TOO_LARGE

	}

	/** Another request starts. */
	void start() {
		this.size = 0;
		this.discarding = false;
	}

	/**
	 * Whether an announced length is too much.
	 * @param length bytes, or 0 if it is not known
	 * @return {@code true} if the request is to be refused
	 */
	boolean isTooLarge(long length) {
		return length > this.maxSize;
	}

	/** From here on nobody wants it. */
	void discard() {
		this.discarding = true;
		this.discarded = 0;
	}

	boolean isDiscarding() {
		return this.discarding;
	}

	Verdict piece(ByteBuf piece) {
		if (this.discarding) {
			this.discarded += piece.readableBytes();
			return (this.discarded > MAX_DISCARD) ? Verdict.ENOUGH : Verdict.DROP;
		}
		this.size += piece.readableBytes();
		if (isTooLarge(this.size)) {
			return Verdict.TOO_LARGE;
		}
		return Verdict.DELIVER;
	}

}
