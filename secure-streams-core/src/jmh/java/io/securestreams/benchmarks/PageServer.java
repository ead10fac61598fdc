package io.securestreams.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.Supplier;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

/**
 * Serves one small page in one of several ways, in a process of its own: as a server
 * stream, with Netty's codecs put together by hand, or with the embedded Tomcat that
 * Spring Boot uses. What is sent is the same but for the order of the header fields.
 */
public final class PageServer {

	private static final byte[] PAGE = "Hello, World!".getBytes(StandardCharsets.US_ASCII);

	private PageServer() {
	}

	/**
	 * Serves on a free port, which is printed, until the process that started it ends.
	 * @param args {@code stream}, {@code netty-h1}, {@code netty-h2} (frames),
	 * {@code netty-multiplex} (a channel for each stream) or {@code tomcat}
	 * @throws Exception if it cannot start
	 */
	public static void main(String[] args) throws Exception {
		int port = switch (args[0]) {
			case "stream" -> stream();
			case "netty-h1" -> netty(() -> new ChannelHandler[] { new HttpServerCodec(), new Http1Page() });
			case "netty-h2" -> netty(() -> new ChannelHandler[] { http2(), new Http2Page() });
			case "netty-multiplex" ->
				netty(() -> new ChannelHandler[] { http2(), new Http2MultiplexHandler(new StreamChannelPage()) });
			case "tomcat" -> tomcat();
			default -> throw new IllegalArgumentException("server: " + args[0]);
		};
		System.out.println(port);
		tellUsage();
		System.exit(0);
	}

	/** Any byte asks for the CPU time, in ns, and the bytes allocated so far. */
	private static void tellUsage() throws IOException {
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		while (System.in.read() >= 0) {
			long allocated = 0;
			for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
				allocated += Math.max(0, bytes);
			}
			System.out.println(system.getProcessCpuTime() + " " + allocated);
		}
	}

	private static int stream() {
		String policy = """
				{ "s": [ { "page": { "server": true, "protocol": "h2", "endpoint": "127.0.0.1", "port": 0,
				  "metadata": [ { "type": "content-type:" } ] } } ] }
				""";
		SecureStreams streams = SecureStreams.builder()
			.policy(PolicyJson.read(policy, "benchmark").policy())
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
		return ((InetSocketAddress) streams.listen("page", StreamPage::new).address()).getPort();
	}

	private static int netty(Supplier<ChannelHandler[]> handlers) throws InterruptedException {
		Channel channel = new ServerBootstrap().group(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel child) {
					child.pipeline().addLast(handlers.get());
				}
			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		return ((InetSocketAddress) channel.localAddress()).getPort();
	}

	private static Http2FrameCodec http2() {
		return Http2FrameCodecBuilder.forServer()
			.initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(1000))
			.build();
	}

	private static int tomcat() throws Exception {
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(Files.createTempDirectory("page").toString());
		tomcat.setPort(0);
		tomcat.getConnector().setProperty("address", "127.0.0.1");
		tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
		tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
		Context context = tomcat.addContext("", null);
		Tomcat.addServlet(context, "page", new ServletPage());
		context.addServletMappingDecoded("/", "page");
		tomcat.start();
		return tomcat.getConnector().getLocalPort();
	}

	private static final class StreamPage implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.acknowledge();
				stream.metadata().set("type", "text/plain");
				stream.requestTx(PAGE.length);
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.write(PAGE).end();
		}

	}

	/** One flush for what was read at once. */
	private abstract static class Page extends ChannelInboundHandlerAdapter {

		final ByteBuf body = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(PAGE));

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

	private static final class Http1Page extends Page {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof HttpRequest) {
				DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
						HttpResponseStatus.OK, this.body.duplicate(), DefaultHttpHeadersFactory.headersFactory(),
						DefaultHttpHeadersFactory.trailersFactory());
				response.headers()
					.add("content-type", "text/plain")
					.add("date", HttpDate.now())
					.add("content-length", PAGE.length);
				context.write(response, context.voidPromise());
			}
			if (!(message instanceof LastHttpContent)) {
				ReferenceCountUtil.release(message);
			}
		}

	}

	private static final class Http2Page extends Page {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2HeadersFrame request) {
				context.write(new DefaultHttp2HeadersFrame(head(), false).stream(request.stream()));
				context.write(new DefaultHttp2DataFrame(this.body.duplicate(), true).stream(request.stream()));
			}
			ReferenceCountUtil.release(message);
		}

		static Http2Headers head() {
			return new DefaultHttp2Headers().status("200")
				.add("content-type", "text/plain")
				.add("date", HttpDate.now())
				.add("content-length", "13");
		}

	}

	@ChannelHandler.Sharable
	private static final class StreamChannelPage extends Page {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2HeadersFrame) {
				context.write(new DefaultHttp2HeadersFrame(Http2Page.head(), false));
				context.write(new DefaultHttp2DataFrame(this.body.duplicate(), true));
			}
			ReferenceCountUtil.release(message);
		}

	}

	private static final class ServletPage extends HttpServlet {

		private static final long serialVersionUID = 1;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.setContentLength(PAGE.length);
			response.getOutputStream().write(PAGE);
		}

	}

	/** The date field, made once a second as servers do. */
	private static final class HttpDate {

		private static long second;

		private static String text = "";

		static String now() {
			long current = System.currentTimeMillis() / 1000;
			if (current != second) {
				second = current;
				text = java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME
					.format(java.time.Instant.ofEpochSecond(current).atOffset(java.time.ZoneOffset.UTC));
			}
			return text;
		}

	}

}
