package io.securestreams.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * A small HTTP/1.1 server in a process of its own, the same for every client compared.
 */
public final class HttpPeer implements AutoCloseable {

	private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n"
			+ "server: peer\r\n\r\nHello, World!";

	/** Path of the small page. */
	static final String SMALL = "/hello";

	/** Path of what is {@link #LENGTH} long. */
	static final String LARGE = "/large";

	/** 100 MiB. */
	static final int LENGTH = 100 * 1024 * 1024;

	private static final String LARGE_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n"
			+ "content-length: " + LENGTH + "\r\nserver: peer\r\n\r\n";

	private static final int BLOCK = 64 * 1024;

	private final Process process;

	private final int port;

	private HttpPeer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static HttpPeer start() throws IOException {
		Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m",
				"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
				HttpPeer.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		return new HttpPeer(process, Integer.parseInt(output.readLine()));
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
		ByteBuf response = Unpooled
			.unreleasableBuffer(Unpooled.directBuffer().writeBytes(RESPONSE.getBytes(StandardCharsets.US_ASCII)));
		Channel channel = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel child) {
					child.pipeline().addLast(new HttpRequestDecoder(), new Answer(response));
				}
			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		System.out.println(((java.net.InetSocketAddress) channel.localAddress()).getPort());
		ProcessHandle.current().parent().ifPresent((parent) -> parent.onExit().thenRun(() -> System.exit(0)));
		channel.closeFuture().sync();
	}

	private static final class Answer extends ChannelInboundHandlerAdapter {

		private final ByteBuf response;

		private final ByteBuf block = Unpooled.unreleasableBuffer(Unpooled.directBuffer(BLOCK).writerIndex(BLOCK));

		private boolean large;

		/** Bytes of the large response still to come. */
		private int left;

		Answer(ByteBuf response) {
			this.response = response;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof HttpRequest request) {
				this.large = request.uri().equals(LARGE);
			}
			if (message instanceof LastHttpContent && this.large) {
				this.left = LENGTH;
				context.write(Unpooled.copiedBuffer(LARGE_HEAD, StandardCharsets.US_ASCII), context.voidPromise());
				writeBlocks(context);
			}
			else if (message instanceof LastHttpContent) {
				context.write(this.response.duplicate(), context.voidPromise());
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			writeBlocks(context);
		}

		private void writeBlocks(ChannelHandlerContext context) {
			while (this.left > 0 && context.channel().isWritable()) {
				this.left -= BLOCK;
				context.write(this.block.duplicate(), context.voidPromise());
			}
			context.flush();
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
