package io.securestreams.transport.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.securestreams.transport.loop.WriteBatch;

/**
 * What goes out on a connection, payload by payload.
 */
final class RawOutput extends WriteBatch {

	/** From here on payload is passed on instead of copied. */
	private static final int PASS_ON = 2 * 1024;

	private final Channel channel;

	RawOutput(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Adds payload.
	 * @param payload released
	 */
	void add(ByteBuf payload) {
		int length = payload.readableBytes();
		if (length >= PASS_ON) {
			pass(payload);
			return;
		}
		try {
			room(length).writeBytes(payload, payload.readerIndex(), length);
		}
		finally {
			payload.release();
		}
	}

	/** Sends what has been added. */
	void flush() {
		if (finish()) {
			this.channel.flush();
		}
	}

	@Override
	protected ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	@Override
	protected void write(ByteBuf bytes) {
		this.channel.write(bytes, this.channel.voidPromise());
	}

}
