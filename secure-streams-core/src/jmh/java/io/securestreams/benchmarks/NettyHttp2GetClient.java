package io.securestreams.benchmarks;

import java.util.concurrent.CountDownLatch;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

/**
 * The yardstick: Netty's codec with a channel for each stream, as most clients on Netty
 * are made.
 */
final class NettyHttp2GetClient implements GetClient {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Http2Headers request;

	private final Http2StreamChannelBootstrap streams;

	private final int concurrency;

	NettyHttp2GetClient(int port, int concurrency) throws InterruptedException {
		this.concurrency = concurrency;
		this.request = new DefaultHttp2Headers().method("GET")
			.scheme("http")
			.authority("127.0.0.1:" + port)
			.path("/hello");
		Channel channel = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel ch) {
					ch.pipeline()
						.addLast(Http2FrameCodecBuilder.forClient()
							.initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
							.build(), new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
				}
			})
			.connect("127.0.0.1", port)
			.sync()
			.channel();
		this.streams = new Http2StreamChannelBootstrap(channel).handler(new ChannelInitializer<Channel>() {
			@Override
			protected void initChannel(Channel stream) {
			}
		});
	}

	@Override
	public void run(int requests) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(this.concurrency);
		this.group.next().execute(() -> {
			for (int i = 0; i < this.concurrency; i++) {
				next(requests / this.concurrency, done);
			}
		});
		done.await();
	}

	private void next(int remaining, CountDownLatch done) {
		this.streams.open().addListener((Future<Channel> opened) -> {
			Channel stream = opened.getNow();
			stream.pipeline().addLast(new Fetch(remaining, done));
			stream.writeAndFlush(new DefaultHttp2HeadersFrame(this.request, true));
		});
	}

	@Override
	public void close() {
		this.group.shutdownGracefully().syncUninterruptibly();
	}

	private final class Fetch extends ChannelInboundHandlerAdapter {

		private final int remaining;

		private final CountDownLatch done;

		Fetch(int remaining, CountDownLatch done) {
			this.remaining = remaining;
			this.done = done;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			boolean last = message instanceof Http2DataFrame data && data.isEndStream();
			ReferenceCountUtil.release(message);
			if (!last) {
				return;
			}
			if (this.remaining > 1) {
				next(this.remaining - 1, this.done);
			}
			else {
				this.done.countDown();
			}
		}

	}

}
