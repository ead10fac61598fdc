package io.securestreams.transport.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.transport.websocket.frame.MessageDeflater;
import io.securestreams.transport.websocket.frame.MessageWriter;
import io.securestreams.transport.websocket.frame.WebSocketFrameWriter;

/**
 * A writer whose output ends up in an array.
 */
public final class WriterFixture implements AutoCloseable {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	public final WebSocketFrameWriter frames;

	public final MessageWriter messages;

	public WriterFixture(boolean masked, boolean binary, boolean deflate) {
		this.frames = new WebSocketFrameWriter(new SocketCarrier(this.channel, !masked), masked);
		this.messages = new MessageWriter(this.frames, binary,
				deflate ? new MessageDeflater(ByteBufAllocator.DEFAULT, true, 0) : null, "test#1");
	}

	public WriterFixture write(byte[] bytes, int flags) {
		this.messages.write(ByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes), flags);
		return this;
	}

	public void writeInFragments(byte[] message, Random random) {
		int at = 0;
		int flags = PayloadFlags.SOM;
		do {
			int end = Math.min(message.length, at + random.nextInt(80_000));
			boolean last = end == message.length && random.nextInt(3) > 0;
			write(java.util.Arrays.copyOfRange(message, at, end), last ? flags | PayloadFlags.EOM : flags);
			if (last) {
				return;
			}
			flags = 0;
			at = end;
		}
		while (true);
	}

	public int outboundBuffers() {
		return this.channel.outboundMessages().size();
	}

	public byte[] wire() {
		this.frames.flush();
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (ByteBuf bytes = this.channel.readOutbound(); bytes != null; bytes = this.channel.readOutbound()) {
			all.writeBytes(ByteBufUtil.getBytes(bytes));
			bytes.release();
		}
		return all.toByteArray();
	}

	@Override
	public void close() {
		this.messages.close();
		this.frames.release();
		this.channel.finishAndReleaseAll();
	}

}
