package io.securestreams.transport.websocket;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import io.securestreams.transport.TestPki;

/**
 * WebSocket over HTTP/2 (RFC 8441) and over HTTP/1.1 on Netty's codecs: sends everything
 * back, unless the path says otherwise; see {@link Exchange}.
 */
final class TunnelServer implements AutoCloseable {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel server;

	private final Http2Settings settings;

	private final List<Channel> channels = new CopyOnWriteArrayList<>();

	final AtomicInteger connections = new AtomicInteger();

	final AtomicInteger tunnels = new AtomicInteger();

	final AtomicInteger upgrades = new AtomicInteger();

	/** Payload bytes sent by {@code /flood} so far. */
	final AtomicLong flooded = new AtomicLong();

	/** Request heads, close codes and the ends of streams, in order. */
	final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	final BlockingQueue<Http2Headers> requests = new LinkedBlockingQueue<>();

	/**
	 * Starts a server.
	 * @param settings what it says about HTTP/2
	 * @param alpn protocols it speaks over TLS; none means HTTP/2 without TLS
	 */
	TunnelServer(Http2Settings settings, String... alpn) {
		this.settings = settings;
		SslContext tls = (alpn.length > 0) ? tls(alpn) : null;
		this.server = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					TunnelServer.this.connections.incrementAndGet();
					TunnelServer.this.channels.add(channel);
					if (tls == null) {
						http2(channel.pipeline());
						return;
					}
					channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Negotiated());
				}

			})
			.bind("localhost", 0)
			.syncUninterruptibly()
			.channel();
	}

	static Http2Settings offered() {
		return Http2Settings.defaultSettings().connectProtocolEnabled(true);
	}

	static TunnelServer both(Http2Settings settings) {
		return new TunnelServer(settings, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
	}

	private static SslContext tls(String... alpn) {
		try {
			return SslContextBuilder.forServer(TestPki.server("localhost").toKeyManagerFactory())
				.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
						ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
						ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, alpn))
				.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	int port() {
		return ((InetSocketAddress) this.server.localAddress()).getPort();
	}

	String awaitEvent() throws InterruptedException {
		String event = this.events.poll(20, TimeUnit.SECONDS);
		if (event == null) {
			throw new AssertionError("nothing for 20 s");
		}
		return event;
	}

	@Override
	public void close() {
		this.server.close().syncUninterruptibly();
		this.channels.forEach((channel) -> channel.close().syncUninterruptibly());
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private void http2(ChannelPipeline pipeline) {
		pipeline.addLast(Http2FrameCodecBuilder.forServer().initialSettings(this.settings).build(),
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

	private final class Negotiated extends ApplicationProtocolNegotiationHandler {

		Negotiated() {
			super(ApplicationProtocolNames.HTTP_1_1);
		}

		@Override
		protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
			if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
				http2(ctx.pipeline());
				return;
			}
			TunnelServer.this.upgrades.incrementAndGet();
			ctx.pipeline()
				.addLast(new HttpServerCodec(), new HttpObjectAggregator(8192),
						new WebSocketServerProtocolHandler("/", null, true, 1 << 20, false, true), new Echo(""));
		}

		@Override
		protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

	/**
	 * One stream: turns DATA into bytes and back, once it is a tunnel.
	 */
	private final class Exchange extends ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			if (message instanceof Http2HeadersFrame request) {
				open(ctx, request.headers());
			}
			else if (message instanceof Http2DataFrame data) {
				boolean end = data.isEndStream();
				ctx.fireChannelRead(data.content());
				if (end) {
					TunnelServer.this.events.add("end of stream");
					ctx.close();
				}
			}
			else {
				ReferenceCountUtil.release(message);
			}
		}

		private void open(ChannelHandlerContext ctx, Http2Headers request) {
			String path = request.path().toString();
			TunnelServer.this.requests.add(request);
			if (path.startsWith("/reset/")) {
				ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.valueOf(path.substring(7))));
				return;
			}
			if (path.startsWith("/status/")) {
				ctx.writeAndFlush(new DefaultHttp2HeadersFrame(
						new DefaultHttp2Headers().status(path.substring(8)).add("retry-after", "7"), true));
				return;
			}
			if (path.equals("/silent")) {
				return;
			}
			TunnelServer.this.tunnels.incrementAndGet();
			Http2Headers answer = new DefaultHttp2Headers().status("200").add("x-answer", "42");
			CharSequence subprotocol = request.get("sec-websocket-protocol");
			if (subprotocol != null) {
				answer.add("sec-websocket-protocol", path.equals("/other") ? "other" : subprotocol);
			}
			ctx.pipeline()
				.addLast(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
					.expectMaskedFrames(true)
					.maxFramePayloadLength(1 << 20)
					.build()), new WebSocket13FrameEncoder(false), new Echo(path));
			ctx.writeAndFlush(new DefaultHttp2HeadersFrame(answer));
			if (path.equals("/flood")) {
				ctx.pipeline().get(Echo.class).flood(ctx.pipeline().context(Echo.class));
			}
		}

		@Override
		public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
			ctx.write((message instanceof ByteBuf bytes) ? new DefaultHttp2DataFrame(bytes) : message, promise);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof Http2ResetFrame reset) {
				TunnelServer.this.events.add("reset " + Http2Error.valueOf(reset.errorCode()));
			}
			ReferenceCountUtil.release(event);
		}

	}

	private final class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {

		private static final int FLOOD = 4 * 1024 * 1024;

		private static final int FLOOD_FRAME = 16 * 1024;

		private final String path;

		private int left;

		Echo(String path) {
			this.path = path;
		}

		void flood(ChannelHandlerContext ctx) {
			this.left = FLOOD;
			channelWritabilityChanged(ctx);
		}

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
			if (frame instanceof CloseWebSocketFrame close) {
				TunnelServer.this.events.add("close " + close.statusCode());
				ctx.writeAndFlush(close.retain());
			}
			else if (frame instanceof PongWebSocketFrame) {
				TunnelServer.this.events.add("pong");
			}
			else if (this.path.equals("/drop")) {
				ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
			}
			else if (this.path.equals("/leave")) {
				ctx.close();
			}
			else if (this.path.equals("/bye")) {
				ctx.writeAndFlush(new CloseWebSocketFrame(4000, "enough"));
			}
			else {
				ctx.writeAndFlush(frame.retain());
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext ctx) {
			while (this.left > 0 && ctx.channel().isWritable()) {
				this.left -= FLOOD_FRAME;
				TunnelServer.this.flooded.addAndGet(FLOOD_FRAME);
				ctx.writeAndFlush(new BinaryWebSocketFrame(ctx.alloc().buffer().writeZero(FLOOD_FRAME)));
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
