package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The body of a request as far as it has been sent, where it may have to be sent again.
 * Lives on the stream's event loop, and on the heap.
 */
final class KeptBody {

	/** Bytes at most of a body that is never sent again. */
	static final int NOTHING = -1;

	private final int most;

	private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

	private boolean whole;

	/**
	 * Makes what keeps.
	 * @param most bytes; of a longer body nothing is kept
	 */
	KeptBody(int most) {
		this.most = most;
		this.whole = most != NOTHING;
	}

	/** There is a new body. */
	void reset() {
		this.bytes = Unpooled.EMPTY_BUFFER;
		this.whole = this.most != NOTHING;
	}

	/** Whether nothing is missing. */
	boolean isWhole() {
		return this.whole;
	}

	/** What has been kept, not to be changed; empty unless it is whole. */
	ByteBuf bytes() {
		return this.bytes;
	}

	/**
	 * Keeps a copy of what follows.
	 * @param payload borrowed
	 */
	void add(ByteBuf payload) {
		if (!this.whole || !payload.isReadable()) {
			return;
		}
		this.whole = this.bytes.readableBytes() + payload.readableBytes() <= this.most;
		if (!this.whole) {
			this.bytes = Unpooled.EMPTY_BUFFER;
			return;
		}
		if (!this.bytes.isReadable()) {
			this.bytes = Unpooled.buffer(256);
		}
		this.bytes.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
	}

}
