package io.securestreams.benchmarks;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;

/**
 * CPU and garbage of HTTP/2 servers for each request of h2load, one event loop each, run
 * in turns: a server stream ({@code ours}), Netty's frame codec with a handler behind it
 * ({@code codec}), and Netty's channel for each stream ({@code multiplex}). Arguments:
 * rounds, requests for each, connections, streams. With a flavour and a port it is that
 * server, until stopped.
 */
public final class Http2Servers {

	private static final byte[] TEXT = "Hello, World!".getBytes(StandardCharsets.US_ASCII);

	private static final List<String> FLAVOURS = List.of("ours", "codec", "multiplex");

	private static final Pattern SUCCEEDED = Pattern.compile("(\\d+) succeeded");

	private Http2Servers() {
	}

	/**
	 * Compares, or serves.
	 * @param args see above
	 * @throws Exception if h2load is missing or a server fails
	 */
	public static void main(String[] args) throws Exception {
		if (args.length > 0 && FLAVOURS.contains(args[0])) {
			serve(args[0], (args.length > 1) ? Integer.parseInt(args[1]) : 0);
			return;
		}
		int[] numbers = { 7, 100_000, 4, 50 };
		for (int i = 0; i < Math.min(args.length, numbers.length); i++) {
			numbers[i] = Integer.parseInt(args[i]);
		}
		compare(numbers[0], numbers[1], numbers[2], numbers[3]);
	}

	private static void compare(int rounds, int requests, int connections, int streams) throws Exception {
		List<Server> servers = new ArrayList<>();
		for (String flavour : FLAVOURS) {
			servers.add(new Server(flavour));
		}
		double[][] micros = new double[servers.size()][rounds];
		double[][] bytes = new double[servers.size()][rounds];
		for (int round = -3; round < rounds; round++) {
			for (int i = 0; i < servers.size(); i++) {
				long[] before = servers.get(i).usage();
				load(servers.get(i).port, requests, connections, streams);
				long[] after = servers.get(i).usage();
				if (round >= 0) {
					micros[i][round] = (after[0] - before[0]) / 1000.0 / requests;
					bytes[i][round] = (double) (after[1] - before[1]) / requests;
				}
			}
		}
		for (int i = 0; i < servers.size(); i++) {
			double[] ratios = new double[rounds];
			for (int round = 0; round < rounds; round++) {
				ratios[round] = micros[i][round] / micros[1][round];
			}
			System.out.printf("%-10s %6.2f us/request  %6.0f B/request  CPU / codec's: %.2f%n", FLAVOURS.get(i),
					median(micros[i]), median(bytes[i]), median(ratios));
			servers.get(i).process.destroy();
		}
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private static void load(int port, int requests, int connections, int streams) throws Exception {
		Process process = new ProcessBuilder("h2load", "-n", "" + requests, "-c", "" + connections, "-m", "" + streams,
				"http://127.0.0.1:" + port + "/")
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		Matcher succeeded = SUCCEEDED.matcher(output);
		if (!succeeded.find() || Integer.parseInt(succeeded.group(1)) != requests) {
			throw new IllegalStateException(output);
		}
	}

	// The servers

	private static void serve(String flavour, int port) throws Exception {
		System.out.println((flavour.equals("ours") ? ours(port) : netty(flavour, port)));
		// Any line asks for CPU time and bytes allocated so far
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		while (System.in.read() >= 0) {
			long allocated = 0;
			for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
				allocated += Math.max(0, bytes);
			}
			System.out.println(system.getProcessCpuTime() + " " + allocated);
		}
		System.exit(0);
	}

	private static int ours(int port) {
		Policy policy = PolicyJson.read("""
				{ "s": [ { "site": { "server": true, "endpoint": "127.0.0.1", "port": %d, "protocol": "h2",
				  "metadata": [ { "mime": "content-type:" } ] } } ] }
				""".formatted(port), "benchmark").policy();
		SecureStreams streams = SecureStreams.builder().policy(policy).transport("nio").eventLoopThreads(1).build();
		Greeter greeter = new Greeter();
		return ((InetSocketAddress) streams.listen("site", () -> greeter).address()).getPort();
	}

	private static int netty(String flavour, int port) throws InterruptedException {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		Channel channel = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel child) {
					child.pipeline()
						.addLast(Http2FrameCodecBuilder.forServer()
							.initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(100))
							.build());
					child.pipeline()
						.addLast(flavour.equals("codec") ? new CodecAnswer()
								: new Http2MultiplexHandler(new StreamAnswer()));
				}
			})
			.bind("127.0.0.1", port)
			.sync()
			.channel();
		return ((InetSocketAddress) channel.localAddress()).getPort();
	}

	private static Http2Headers head() {
		return new DefaultHttp2Headers().status("200").add("content-type", "text/plain").add("content-length", "13");
	}

	/**
	 * Serves every request alike.
	 */
	private static final class Greeter implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.SERVER_TXN) {
				stream.metadata().set("mime", "text/plain");
				stream.acknowledge();
				stream.requestTx(TEXT.length);
			}
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			slot.start().write(TEXT).end();
		}

	}

	private static final class CodecAnswer extends ChannelDuplexHandler {

		private final ByteBuf body = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(TEXT));

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2HeadersFrame request) {
				Http2FrameStream stream = request.stream();
				context.write(new DefaultHttp2HeadersFrame(head(), false).stream(stream), context.voidPromise());
				context.write(new DefaultHttp2DataFrame(this.body.duplicate(), true).stream(stream),
						context.voidPromise());
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

	@ChannelHandler.Sharable
	private static final class StreamAnswer extends ChannelInboundHandlerAdapter {

		private final ByteBuf body = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(TEXT));

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2HeadersFrame) {
				context.write(new DefaultHttp2HeadersFrame(head(), false), context.voidPromise());
				context.write(new DefaultHttp2DataFrame(this.body.duplicate(), true), context.voidPromise());
			}
			ReferenceCountUtil.release(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

	/**
	 * One of the servers, in a process of its own.
	 */
	private static final class Server {

		private final Process process;

		private final java.io.BufferedReader output;

		private final int port;

		Server(String flavour) throws Exception {
			this.process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m",
					"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
					Http2Servers.class.getName(), flavour)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.output = this.process.inputReader();
			String line = this.output.readLine();
			while (line != null && !line.matches("\\d+")) {
				line = this.output.readLine();
			}
			this.port = Integer.parseInt(String.valueOf(line));
		}

		/** CPU time, ns, and bytes allocated. */
		long[] usage() throws Exception {
			TimeUnit.MILLISECONDS.sleep(Duration.ofMillis(50).toMillis());
			this.process.getOutputStream().write('\n');
			this.process.getOutputStream().flush();
			String line = this.output.readLine();
			while (!line.matches("\\d+ \\d+")) {
				line = this.output.readLine();
			}
			return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
		}

	}

}
