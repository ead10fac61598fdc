package io.securestreams.transport.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.securestreams.transport.loop.WriteBatch;
import io.securestreams.transport.tls.TlsContexts;

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

	/** Whether the connection takes more, once it has what has been added. */
	boolean isWritable() {
		if (!this.channel.isWritable()) {
			flush();
		}
		return this.channel.isWritable();
	}

	/**
	 * Ends the sending half, after what has been added.
	 * @return whether halves can be ended by themselves here; if not, nothing happens
	 */
	boolean end() {
		flush();
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		if (tls == null) {
			this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> {
				if (written.isSuccess() && this.channel instanceof DuplexChannel duplex) {
					duplex.shutdownOutput();
				}
			});
			return true;
		}
		if (!TlsContexts.closesByHalves(tls)) {
			return false;
		}
		tls.closeOutbound();
		return true;
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
