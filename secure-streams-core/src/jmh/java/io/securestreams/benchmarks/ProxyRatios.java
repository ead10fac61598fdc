package io.securestreams.benchmarks;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.server.ProxyServerSettings;

/**
 * CPU that a proxy's process needs for each message, beside a relay of bytes on bare
 * Netty and no relay at all; the client is the same and speaks by hand. Echo of 64 bytes
 * one by one, and of 1 KiB in batches.
 */
public final class ProxyRatios {

	private static final int ROUNDS = 7;

	private static final int WARM_UP = 4;

	private static final int HEAD = 19;

	private ProxyRatios() {
	}

	/**
	 * Measures, or serves one of the ways.
	 * @param args none; or {@code relay} or {@code proxy}, protocol, and the echo's port
	 * @throws Exception if something is not as expected
	 */
	public static void main(String[] args) throws Exception {
		if (args.length == 0) {
			measure();
		}
		else if (args[0].equals("relay")) {
			relay(Integer.parseInt(args[2]));
		}
		else {
			proxy(args[1], Integer.parseInt(args[2]));
		}
	}

	private static void measure() throws Exception {
		for (String protocol : List.of("raw", "ws")) {
			try (EchoPeer echo = EchoPeer.start(protocol);
					Way relay = new Way("relay", protocol, echo.port());
					Way proxy = new Way("proxy", protocol, echo.port())) {
				for (int size : new int[] { 64, 1024 }) {
					int batch = (size == 64) ? 1 : 32;
					int count = (size == 64) ? 30_000 : 96_000;
					try (Client direct = new Client(protocol, false, echo.port(), size);
							Client relayed = new Client(protocol, false, relay.port, size);
							Client proxied = new Client(protocol, true, proxy.port, size)) {
						double[][] figures = new double[6][ROUNDS];
						for (int round = -WARM_UP; round < ROUNDS; round++) {
							double plain = direct.run(count, batch);
							double relayCpu = relay.cpu();
							double passed = relayed.run(count, batch);
							relayCpu = relay.cpu() - relayCpu;
							double proxyCpu = proxy.cpu();
							double served = proxied.run(count, batch);
							proxyCpu = proxy.cpu() - proxyCpu;
							if (round >= 0) {
								figures[0][round] = plain;
								figures[1][round] = passed;
								figures[2][round] = served;
								figures[3][round] = relayCpu / count;
								figures[4][round] = proxyCpu / count;
								figures[5][round] = proxyCpu / relayCpu;
							}
						}
						System.out.printf(Locale.ROOT,
								"%s %d B: us per message direct %.1f relay %.1f proxy %.1f; CPU relay %.2f proxy %.2f, ratio %.2f%n",
								protocol, size, median(figures[0]), median(figures[1]), median(figures[2]),
								median(figures[3]), median(figures[4]), median(figures[5]));
					}
				}
			}
		}
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		java.util.Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private static void relay(int echo) throws Exception {
		MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
		Channel server = new ServerBootstrap().group(loops)
			.channel(EpollServerSocketChannel.class)
			.childOption(io.netty.channel.ChannelOption.AUTO_READ, false)
			.childHandler(new ChannelInitializer<>() {
				@Override
				protected void initChannel(Channel near) {
					Pipe from = new Pipe();
					Pipe back = new Pipe();
					near.pipeline().addLast(from);
					new Bootstrap().group(near.eventLoop())
						.channel(EpollSocketChannel.class)
						.handler(back)
						.connect("127.0.0.1", echo)
						.addListener((done) -> {
							back.target = near;
							from.target = back.own;
							near.config().setAutoRead(true);
						});
				}
			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		System.out.println(((InetSocketAddress) server.localAddress()).getPort());
		System.in.read();
		System.exit(0);
	}

	private static void proxy(String protocol, int echo) throws Exception {
		SecureStreams streams = SecureStreams.builder()
			.eventLoopThreads(1)
			.transport(Transport.of("epoll"))
			.socks5(null)
			.policy(PolicyJson.read("""
					{ "s": [ { "echo": { "endpoint": "127.0.0.1", "port": %d, "protocol": "%s"%s } } ] }
					""".formatted(echo, protocol,
					protocol.equals("ws") ? ", \"http_url\": \"echo\", \"ws_binary\": true" : ""), "benchmark").policy())
			.build();
		ProxyAddress address = streams
			.serveProxy(ProxyServerSettings.builder().addresses(List.of(ProxyAddress.parse("tcp:127.0.0.1:0"))).build())
			.addresses()
			.get(0);
		System.out.println(((ProxyAddress.Tcp) address).port());
		System.in.read();
		System.exit(0);
	}

	/** Passes on what comes. */
	private static final class Pipe extends ChannelInboundHandlerAdapter {

		private Channel own;

		private Channel target;

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.own = context.channel();
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.target.write(message, this.target.voidPromise());
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			this.target.flush();
		}

	}

	/** What is between client and echo, in a process of its own. */
	private static final class Way implements AutoCloseable {

		private final Process process;

		private final int port;

		Way(String name, String protocol, int echo) throws IOException {
			this.process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx64m",
					"-Dio.netty.leakDetection.level=disabled", "-cp", System.getProperty("java.class.path"),
					ProxyRatios.class.getName(), name, protocol, Integer.toString(echo))
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			BufferedReader output = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
			String line = output.readLine();
			while (!line.matches("\\d+")) {
				line = output.readLine();
			}
			this.port = Integer.parseInt(line);
		}

		/** So far of all its threads, in us; the process' own figure counts in ticks. */
		double cpu() throws IOException {
			double nanos = 0;
			try (DirectoryStream<Path> threads = Files
				.newDirectoryStream(Path.of("/proc/" + this.process.pid() + "/task"))) {
				for (Path thread : threads) {
					String text = Files.readString(thread.resolve("schedstat"));
					nanos += Double.parseDouble(text.substring(0, text.indexOf(' ')));
				}
			}
			return nanos / 1000;
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
		}

	}

	/** Speaks bytes, WebSocket or a proxy's frames. */
	private static final class Client implements AutoCloseable {

		private final Socket socket;

		private final DataInputStream in;

		private final OutputStream out;

		private final boolean frames;

		private final byte[] message;

		private final int answer;

		Client(String protocol, boolean frames, int port, int size) throws IOException {
			this.socket = new Socket("127.0.0.1", port);
			this.socket.setTcpNoDelay(true);
			this.in = new DataInputStream(new java.io.BufferedInputStream(this.socket.getInputStream(), 65536));
			this.out = this.socket.getOutputStream();
			this.frames = frames;
			ByteBuffer made = ByteBuffer.allocate(size + 64);
			int got = size;
			if (frames) {
				open();
				made.put((byte) 0xad).putShort((short) (HEAD - 3 + size)).putInt(3).putInt(0).putLong(0);
			}
			else if (protocol.equals("ws")) {
				upgrade();
				boolean small = size < 126;
				made.put((byte) 0x82).put((byte) (0x80 | (small ? size : 126)));
				if (!small) {
					made.putShort((short) size);
				}
				made.putInt(0);
				got = size + (small ? 2 : 4);
			}
			made.position(made.position() + size);
			this.message = java.util.Arrays.copyOf(made.array(), made.position());
			this.answer = got;
		}

		private void upgrade() throws IOException {
			this.out.write(("GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			int last = 0;
			while (last != 0x0d0a0d0a) {
				last = last << 8 | this.in.readUnsignedByte();
			}
		}

		private void open() throws IOException {
			this.out.write(new byte[] { (byte) 0xaa, 0, 13, 1, 0, 0, 0, 1, 0x1d, (byte) 0xcd, 0x65, 0, 'e', 'c', 'h', 'o',
					(byte) 0xab, 0, 0 });
			while (!(this.in.readUnsignedByte() == 0x57 & skip() == 5)) {
				// Until it is connected
			}
		}

		/** Reads a body, and returns its first byte. */
		private int skip() throws IOException {
			byte[] body = new byte[this.in.readUnsignedShort()];
			this.in.readFully(body);
			return (body.length > 0) ? body[0] : -1;
		}

		double run(int count, int batch) throws IOException {
			byte[] sent = new byte[this.message.length * batch];
			for (int i = 0; i < batch; i++) {
				System.arraycopy(this.message, 0, sent, i * this.message.length, this.message.length);
			}
			byte[] got = new byte[65536];
			long start = System.nanoTime();
			for (int done = 0; done < count; done += batch) {
				this.out.write(sent);
				int left = this.answer * batch;
				while (left > 0) {
					if (this.frames) {
						this.in.readUnsignedByte();
						int length = this.in.readUnsignedShort();
						this.in.readFully(got, 0, length);
						left -= length - (HEAD - 3);
					}
					else {
						int length = Math.min(left, got.length);
						this.in.readFully(got, 0, length);
						left -= length;
					}
				}
			}
			return (System.nanoTime() - start) / 1000.0 / count;
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
