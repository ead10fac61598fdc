package io.securestreams.benchmarks;

import java.net.URI;
import java.util.concurrent.CountDownLatch;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/**
 * The yardstick: Netty's own codec, one flush per read turn.
 */
final class NettyEchoClient implements EchoClient {

	private static final int MAX_FRAME = 1024 * 1024;

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final CountDownLatch ready = new CountDownLatch(1);

	private final Channel channel;

	private final Exchange exchange;

	NettyEchoClient(int port, int size) throws InterruptedException {
		this.exchange = new Exchange(new byte[size], this.ready);
		this.channel = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel ch) {
					ch.pipeline()
						.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
								new WebSocketClientProtocolHandler(URI.create("ws://127.0.0.1:" + port + "/echo"),
										WebSocketVersion.V13, null, false, EmptyHttpHeaders.INSTANCE, MAX_FRAME),
								NettyEchoClient.this.exchange);
				}
			})
			.connect("127.0.0.1", port)
			.sync()
			.channel();
		this.ready.await();
	}

	@Override
	public void run(int messages, int inFlight) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.channel.eventLoop().execute(() -> this.exchange.begin(messages, inFlight, done));
		done.await();
	}

	@Override
	public void close() {
		this.group.shutdownGracefully().syncUninterruptibly();
	}

	private static final class Exchange extends ChannelInboundHandlerAdapter {

		private final byte[] payload;

		private final CountDownLatch ready;

		private ChannelHandlerContext context;

		private int toSend;

		private int toReceive;

		private CountDownLatch done;

		Exchange(byte[] payload, CountDownLatch ready) {
			this.payload = payload;
			this.ready = ready;
		}

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.context = context;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				this.ready.countDown();
			}
		}

		void begin(int messages, int inFlight, CountDownLatch done) {
			this.toSend = messages;
			this.toReceive = messages;
			this.done = done;
			for (int i = 0; i < inFlight; i++) {
				send();
			}
			this.context.flush();
		}

		private void send() {
			if (this.toSend > 0) {
				this.toSend--;
				ByteBuf bytes = this.context.alloc().directBuffer(this.payload.length).writeBytes(this.payload);
				this.context.write(new BinaryWebSocketFrame(bytes), this.context.voidPromise());
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			WebSocketFrame frame = (WebSocketFrame) message;
			boolean last = frame.isFinalFragment();
			frame.release();
			if (last) {
				if (--this.toReceive == 0) {
					this.done.countDown();
				}
				else {
					send();
				}
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
