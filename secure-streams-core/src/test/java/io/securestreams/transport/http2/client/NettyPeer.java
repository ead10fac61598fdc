package io.securestreams.transport.http2.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.TestPki;

/**
 * An HTTP/2 server on Netty's own codec: an implementation that shares nothing with ours.
 * What it does depends on the path, see {@link Exchange}.
 */
final class NettyPeer implements AutoCloseable {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel server;

	final AtomicInteger connections = new AtomicInteger();

	final AtomicInteger concurrent = new AtomicInteger();

	final AtomicInteger mostConcurrent = new AtomicInteger();

	final AtomicLong sent = new AtomicLong();

	final List<Channel> channels = new CopyOnWriteArrayList<>();

	/** Requests to {@code /wait} are answered together, once there are so many. */
	volatile int barrier = 1;

	private final List<ChannelHandlerContext> waiting = new CopyOnWriteArrayList<>();

	NettyPeer(boolean tls) {
		this(tls, Http2Settings.defaultSettings());
	}

	NettyPeer(boolean tls, Http2Settings settings) {
		SslContext ssl = tls ? ssl(ApplicationProtocolNames.HTTP_2) : null;
		this.server = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					NettyPeer.this.connections.incrementAndGet();
					NettyPeer.this.channels.add(channel);
					if (ssl != null) {
						channel.pipeline().addLast(ssl.newHandler(channel.alloc()));
					}
					channel.pipeline()
						.addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).build(),
								new Http2MultiplexHandler(new ChannelInitializer<Channel>() {

									@Override
									protected void initChannel(Channel stream) {
										stream.pipeline().addLast(new Exchange());
									}

								}), new ChannelInboundHandlerAdapter() {

									@Override
									public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
										ctx.close();
									}

								});
				}

			})
			.bind("localhost", 0)
			.syncUninterruptibly()
			.channel();
	}

	static SslContext ssl(String protocol) {
		X509Bundle bundle = TestPki.server("localhost");
		try {
			return SslContextBuilder.forServer(bundle.toKeyManagerFactory())
				.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
						ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
						ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, protocol))
				.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	int port() {
		return ((java.net.InetSocketAddress) this.server.localAddress()).getPort();
	}

	@Override
	public void close() {
		this.server.close().syncUninterruptibly();
		this.channels.forEach((channel) -> channel.close().syncUninterruptibly());
		this.group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
	}

	private final class Exchange extends ChannelInboundHandlerAdapter {

		private String path = "";

		private @Nullable Http2Headers request;

		private @Nullable MessageDigest digest;

		private long body;

		private long left = -1;

		private long total;

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
			try {
				if (message instanceof Http2HeadersFrame headers) {
					int now = NettyPeer.this.concurrent.incrementAndGet();
					NettyPeer.this.mostConcurrent.accumulateAndGet(now, Math::max);
					this.request = headers.headers();
					this.path = String.valueOf(headers.headers().path());
					this.digest = MessageDigest.getInstance("SHA-256");
					head(ctx);
					if (headers.isEndStream()) {
						end(ctx);
					}
				}
				else if (message instanceof Http2DataFrame data) {
					this.body += data.content().readableBytes();
					if (this.digest != null) {
						this.digest.update(data.content().nioBuffer());
					}
					if (this.path.equals("/echo")) {
						ctx.writeAndFlush(
								new DefaultHttp2DataFrame(data.content().retainedDuplicate(), data.isEndStream()));
					}
					if (data.isEndStream()) {
						end(ctx);
					}
				}
			}
			finally {
				ReferenceCountUtil.release(message);
			}
		}

		private void head(ChannelHandlerContext ctx) {
			if (this.path.equals("/echo")) {
				headers(ctx, "200", false);
			}
			else if (this.path.equals("/early")) {
				respond(ctx, "403", "no");
			}
			else if (this.path.equals("/reset")) {
				headers(ctx, "200", false);
				ctx.write(new DefaultHttp2DataFrame(text("partial"), false));
				ctx.flush();
				ctx.close();
			}
		}

		private void end(ChannelHandlerContext ctx) {
			if (this.path.startsWith("/bytes/")) {
				this.total = Long.parseLong(this.path.substring(7));
				this.left = this.total;
				headers(ctx, "200", false, "content-length", Long.toString(this.total));
				pump(ctx);
			}
			else if (this.path.equals("/sha")) {
				respond(ctx, "200", HexFormat.of().formatHex(this.digest.digest()) + " " + this.body);
			}
			else if (this.path.startsWith("/status/")) {
				String status = this.path.substring(8, 11);
				Http2Headers head = new DefaultHttp2Headers().status(status)
					.add("retry-after", "7")
					.add("x-answer", "42");
				ctx.writeAndFlush(new DefaultHttp2HeadersFrame(head, true));
			}
			else if (this.path.equals("/headers")) {
				StringBuilder lines = new StringBuilder();
				for (Map.Entry<CharSequence, CharSequence> header : this.request) {
					lines.append(header.getKey()).append('=').append(header.getValue()).append('\n');
				}
				lines.append("body=").append(this.body);
				respond(ctx, "200", lines.toString());
			}
			else if (this.path.startsWith("/redirect/")) {
				int cut = this.path.indexOf('/', 10);
				headers(ctx, this.path.substring(10, cut), true, "location", this.path.substring(cut));
			}
			else if (this.path.equals("/cookie")) {
				headers(ctx, "204", true, "set-cookie", "k=v; Path=/");
			}
			else if (this.path.equals("/multipart")) {
				headers(ctx, "200", false, "content-type", "multipart/form-data; boundary=\"xyz\"");
				ctx.writeAndFlush(new DefaultHttp2DataFrame(
						text("--xyz\r\nA: 1\r\n\r\none\r\n--xyz\r\nB: 2\r\n\r\ntwo\r\n--xyz--\r\n"), true));
			}
			else if (this.path.equals("/trailers")) {
				headers(ctx, "200", false);
				ctx.write(new DefaultHttp2DataFrame(text("body"), false));
				ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("x-trailer", "1"), true));
			}
			else if (this.path.equals("/wait")) {
				NettyPeer.this.waiting.add(ctx);
				if (NettyPeer.this.waiting.size() >= NettyPeer.this.barrier) {
					NettyPeer.this.waiting.forEach((waiter) -> respond(waiter, "200", "done"));
					NettyPeer.this.waiting.clear();
				}
			}
			else if (this.path.equals("/hello")) {
				respond(ctx, "200", "hello");
			}
			else if (this.path.equals("/poll")) {
				headers(ctx, "200", false);
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext ctx) {
			pump(ctx);
		}

		private void pump(ChannelHandlerContext ctx) {
			while (this.left > 0 && ctx.channel().isWritable()) {
				int length = (int) Math.min(16384, this.left);
				ByteBuf data = Unpooled.wrappedBuffer(Slots.pattern(this.total - this.left, length));
				this.left -= length;
				NettyPeer.this.sent.addAndGet(length);
				ctx.writeAndFlush(new DefaultHttp2DataFrame(data, this.left == 0));
			}
		}

		private void respond(ChannelHandlerContext ctx, String status, String body) {
			headers(ctx, status, false);
			ctx.writeAndFlush(new DefaultHttp2DataFrame(text(body), true));
		}

		private void headers(ChannelHandlerContext ctx, String status, boolean end, String... fields) {
			Http2Headers head = new DefaultHttp2Headers().status(status);
			for (int i = 0; i < fields.length; i += 2) {
				head.add(fields[i], fields[i + 1]);
			}
			ctx.writeAndFlush(new DefaultHttp2HeadersFrame(head, end));
		}

		private ByteBuf text(String text) {
			return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			NettyPeer.this.concurrent.decrementAndGet();
			NettyPeer.this.waiting.remove(ctx);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
