package io.securestreams.transport.http.exchange;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

/**
 * HTTP/2 by Netty's own codec.
 */
final class NettyExchangePeer extends ExchangePeer {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final List<Channel> channels = new CopyOnWriteArrayList<>();

	private final Channel server;

	NettyExchangePeer() {
		this.server = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					NettyExchangePeer.this.channels.add(channel);
					channel.pipeline()
						.addLast(Http2FrameCodecBuilder.forServer().build(),
								new Http2MultiplexHandler(new ChannelInitializer<Channel>() {

									@Override
									protected void initChannel(Channel stream) {
										stream.pipeline().addLast(new Serving());
									}

								}));
				}

			})
			.bind(InetAddress.getLoopbackAddress(), 0)
			.syncUninterruptibly()
			.channel();
	}

	@Override
	int port() {
		return ((InetSocketAddress) this.server.localAddress()).getPort();
	}

	@Override
	public void close() {
		this.server.close().syncUninterruptibly();
		this.channels.forEach((channel) -> channel.close().syncUninterruptibly());
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private final class Serving extends ChannelInboundHandlerAdapter {

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		private final Map<String, String> fields = new TreeMap<>();

		private String method = "";

		private String path = "";

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			try {
				if (message instanceof Http2HeadersFrame head) {
					this.method = String.valueOf(head.headers().method());
					this.path = String.valueOf(head.headers().path());
					head.headers()
						.forEach((field) -> this.fields.put(field.getKey().toString(), field.getValue().toString()));
					if (isTurnedAway(this.path)) {
						turnAway(ctx);
						return;
					}
					for (int i = 0; i < hints(this.path); i++) {
						ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("103"), false));
					}
					ctx.flush();
					if (this.fields.containsKey("expect") && !this.path.startsWith("/silent")) {
						ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100"), false));
					}
					if (head.isEndStream() || isEarly(this.path)) {
						answer(ctx);
					}
				}
				else if (message instanceof Http2DataFrame data) {
					if (isReset(this.path)) {
						ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
						return;
					}
					byte[] piece = new byte[data.content().readableBytes()];
					data.content().readBytes(piece);
					this.body.writeBytes(piece);
					if (data.isEndStream() && !isEarly(this.path)) {
						answer(ctx);
					}
				}
			}
			finally {
				ReferenceCountUtil.release(message);
			}
		}

		private void turnAway(ChannelHandlerContext ctx) {
			if (!isLeft(this.path)) {
				ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
				return;
			}
			// Below the codec, which would not take a stream back; the first one was
			// served
			ByteBuf goAway = Unpooled.buffer();
			goAway.writeMedium(8).writeByte(Http2FrameTypes.GO_AWAY).writeByte(0).writeInt(0).writeInt(1).writeInt(0);
			ctx.channel().parent().pipeline().firstContext().writeAndFlush(goAway);
		}

		private void answer(ChannelHandlerContext ctx) {
			if (isLeaving(this.path)) {
				ctx.channel().parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
			}
			Answer answer = NettyExchangePeer.this.answer(this.method, this.path, this.fields, this.body.toByteArray());
			Http2Headers head = new DefaultHttp2Headers().status(Integer.toString(answer.status()));
			answer.fields()
				.forEach((name, value) -> head.add(name, new AsciiString(value.getBytes(StandardCharsets.ISO_8859_1))));
			ctx.write(new DefaultHttp2HeadersFrame(head, false));
			ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(answer.bytes()), !answer.cut()))
				.addListener((written) -> {
					if (answer.cut() && !isStuck(this.path)) {
						ctx.close();
					}
				});
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
