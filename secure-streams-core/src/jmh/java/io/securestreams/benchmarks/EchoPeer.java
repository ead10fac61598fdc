package io.securestreams.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/**
 * A server in a process of its own that sends every frame of a WebSocket back, or every
 * byte of a raw socket; the same for every client compared.
 */
public final class EchoPeer implements AutoCloseable {

	private static final int MAX_FRAME = 1024 * 1024;

	private final Process process;

	private final int port;

	private EchoPeer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static EchoPeer start(String protocol) throws IOException {
		Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m",
				"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
				EchoPeer.class.getName(), protocol)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		return new EchoPeer(process, Integer.parseInt(output.readLine()));
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
	 * @param args {@code ws} or {@code raw}
	 * @throws Exception if it cannot start
	 */
	public static void main(String[] args) throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		ServerBootstrap bootstrap = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel child) {
					if (args[0].equals("ws")) {
						child.pipeline()
							.addLast(new HttpServerCodec(), new HttpObjectAggregator(8192),
									new WebSocketServerProtocolHandler("/echo", null, false, MAX_FRAME));
					}
					child.pipeline().addLast(new Echo());
				}
			});
		Channel channel = bootstrap.bind("127.0.0.1", 0).sync().channel();
		int port = ((InetSocketAddress) channel.localAddress()).getPort();
		// Connections by the ten thousands need a second address, for its ports
		bootstrap.bind("127.0.0.2", port).sync();
		System.out.println(port);
		ProcessHandle.current().parent().ifPresent((parent) -> parent.onExit().thenRun(() -> System.exit(0)));
		channel.closeFuture().sync();
	}

	private static final class Echo extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.write(message, context.voidPromise());
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
