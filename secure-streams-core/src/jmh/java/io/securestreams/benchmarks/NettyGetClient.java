package io.securestreams.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * The yardstick: Netty's own codec, connections without a pool, a ready-made request, one
 * flush per read turn.
 */
final class NettyGetClient implements GetClient {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final List<Fetch> fetches = new ArrayList<>();

	NettyGetClient(int port, int connections, String path) throws InterruptedException {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path,
				Unpooled.EMPTY_BUFFER);
		request.headers().set(HttpHeaderNames.HOST, "127.0.0.1:" + port);
		for (int i = 0; i < connections; i++) {
			Fetch fetch = new Fetch(request);
			this.fetches.add(fetch);
			fetch.channel = new Bootstrap().group(this.group)
				.channel(NioSocketChannel.class)
				.handler(new io.netty.channel.ChannelInitializer<Channel>() {
					@Override
					protected void initChannel(Channel ch) {
						ch.pipeline().addLast(new HttpClientCodec(), fetch);
					}
				})
				.connect("127.0.0.1", port)
				.sync()
				.channel();
		}
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(this.fetches.size());
		int each = requests / this.fetches.size();
		this.group.next().execute(() -> this.fetches.forEach((fetch) -> fetch.begin(each, done)));
		done.await();
	}

	@Override
	public void close() {
		this.group.shutdownGracefully().syncUninterruptibly();
	}

	private static final class Fetch extends ChannelInboundHandlerAdapter {

		private final FullHttpRequest request;

		private Channel channel;

		private int remaining;

		private CountDownLatch done = new CountDownLatch(0);

		private long bytes;

		Fetch(FullHttpRequest request) {
			this.request = request;
		}

		void begin(int requests, CountDownLatch done) {
			this.remaining = requests;
			this.done = done;
			this.channel.writeAndFlush(this.request, this.channel.voidPromise());
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof HttpContent content) {
				this.bytes += content.content().readableBytes();
			}
			if (message instanceof LastHttpContent) {
				if (--this.remaining > 0) {
					context.write(this.request, context.voidPromise());
				}
				else {
					this.done.countDown();
				}
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
