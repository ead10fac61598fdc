package io.securestreams.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

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
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

/**
 * A small HTTP/2 server without TLS in a process of its own, the same for every client
 * compared.
 */
public final class Http2Peer implements AutoCloseable {

	private final Process process;

	private final int port;

	private Http2Peer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static Http2Peer start() throws IOException {
		Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m",
				"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
				Http2Peer.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		return new Http2Peer(process, Integer.parseInt(output.readLine()));
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

	/**
	 * Serves until the process that started it ends.
	 * @param args none
	 * @throws Exception if it cannot start
	 */
	public static void main(String[] args) throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		Channel channel = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel child) {
					// The JDK's client knows no way to HTTP/2 without TLS but the upgrade
					HttpServerCodec http1 = new HttpServerCodec();
					HttpServerUpgradeHandler upgrade = new HttpServerUpgradeHandler(http1,
							(protocol) -> AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
									? new Http2ServerUpgradeCodec(codec(), new Answer()) : null);
					child.pipeline()
						.addLast(new CleartextHttp2ServerUpgradeHandler(http1, upgrade,
								new ChannelInitializer<Channel>() {
									@Override
									protected void initChannel(Channel direct) {
										direct.pipeline().addLast(codec(), new Answer());
									}
								}));
				}
			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		System.out.println(((InetSocketAddress) channel.localAddress()).getPort());
		ProcessHandle.current().parent().ifPresent((parent) -> parent.onExit().thenRun(() -> System.exit(0)));
		channel.closeFuture().sync();
	}

	private static Http2FrameCodec codec() {
		return Http2FrameCodecBuilder.forServer()
			.initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(1000))
			.build();
	}

	private static final class Answer extends ChannelInboundHandlerAdapter {

		private final ByteBuf body = Unpooled
			.unreleasableBuffer(Unpooled.copiedBuffer("Hello, World!", StandardCharsets.US_ASCII));

		private final Http2Headers head = new DefaultHttp2Headers().status("200")
			.add("content-type", "text/plain")
			.add("content-length", "13")
			.add("server", "peer");

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2HeadersFrame request) {
				context.write(new DefaultHttp2HeadersFrame(this.head, false).stream(request.stream()));
				context.write(new DefaultHttp2DataFrame(this.body.duplicate(), true).stream(request.stream()));
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
