package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
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
 * The yardstick: Netty's own codec, one connection without a pool, a ready-made request,
 * one flush per read turn.
 */
final class NettyGetClient implements GetClient {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Fetch fetch;

	private final Channel channel;

	private final long threadId;

	NettyGetClient(int port) throws InterruptedException {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/hello",
				Unpooled.EMPTY_BUFFER);
		request.headers().set(HttpHeaderNames.HOST, "127.0.0.1:" + port);
		this.fetch = new Fetch(request);
		this.channel = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel ch) {
					ch.pipeline().addLast(new HttpClientCodec(), NettyGetClient.this.fetch);
				}
			})
			.connect("127.0.0.1", port)
			.sync()
			.channel();
		this.threadId = this.channel.eventLoop().submit(() -> Thread.currentThread().getId()).sync().getNow();
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.channel.eventLoop().execute(() -> this.fetch.begin(this.channel, requests, done));
		done.await();
	}

	@Override
	public long threadId() {
		return this.threadId;
	}

	@Override
	public void close() {
		this.group.shutdownGracefully().syncUninterruptibly();
	}

	private static final class Fetch extends ChannelInboundHandlerAdapter {

		private final FullHttpRequest request;

		private int remaining;

		private CountDownLatch done = new CountDownLatch(0);

		private long bytes;

		Fetch(FullHttpRequest request) {
			this.request = request;
		}

		void begin(Channel channel, int requests, CountDownLatch done) {
			this.remaining = requests;
			this.done = done;
			channel.writeAndFlush(this.request, channel.voidPromise());
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
