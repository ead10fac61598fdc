package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * The yardstick for raw sockets: one handler on a channel, one flush per read turn.
 */
final class NettyRawEchoClient implements EchoClient {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel channel;

	private final Exchange exchange;

	NettyRawEchoClient(int port, int size) throws InterruptedException {
		this.exchange = new Exchange(size);
		this.channel = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(this.exchange)
			.connect("127.0.0.1", port)
			.sync()
			.channel();
	}

	@Override
	public void run(int messages, int inFlight) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.channel.eventLoop().execute(() -> this.exchange.begin(this.channel, messages, inFlight, done));
		done.await();
	}

	@Override
	public void close() {
		this.group.shutdownGracefully().syncUninterruptibly();
	}

	private static final class Exchange extends ChannelInboundHandlerAdapter {

		private final byte[] payload;

		private final EchoCount count;

		Exchange(int size) {
			this.payload = new byte[size];
			this.count = new EchoCount(size);
		}

		void begin(Channel channel, int messages, int inFlight, CountDownLatch done) {
			this.count.begin(messages, done);
			for (int i = 0; i < inFlight; i++) {
				send(channel);
			}
			channel.flush();
		}

		private void send(Channel channel) {
			if (this.count.send()) {
				channel.write(channel.alloc().directBuffer(this.payload.length).writeBytes(this.payload),
						channel.voidPromise());
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			int complete = this.count.received(bytes.readableBytes());
			bytes.release();
			for (int i = 0; i < complete; i++) {
				send(context.channel());
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
