package io.securestreams.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
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
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.PlatformDependent;
import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * What an idle WebSocket costs in memory: streams beside clients made of Netty's own
 * codec, in one program. Resident memory is native memory if the heap is resident from
 * the start: {@code -Xms2g -Xmx2g -XX:+AlwaysPreTouch}.
 */
public final class IdleWebSockets {

	private static final String POLICY = """
			{ "s": [ { "idle": { "endpoint": "127.0.0.1", "port": %d, "protocol": "ws", "http_url": "echo",
			                     "ws_binary": true } } ] }
			""";

	/** Connecting at a time. */
	private static final int AT_ONCE = 100;

	private static final int WARM_UP = 500;

	private final Semaphore room = new Semaphore(AT_ONCE);

	private final int port;

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final SecureStreams streams;

	/** Keeps everything reachable. */
	private final List<Object> open = new ArrayList<>();

	private IdleWebSockets(int port) {
		this.port = port;
		this.streams = SecureStreams.builder()
			.policy(PolicyJson.read(POLICY.formatted(port), "benchmark").policy())
			.eventLoopThreads(1)
			.transport(Transport.NIO)
			.build();
	}

	/**
	 * Runs the comparison.
	 * @param args how many of each
	 * @throws Exception if something fails
	 */
	public static void main(String[] args) throws Exception {
		int count = Integer.parseInt(args[0]);
		try (EchoPeer peer = EchoPeer.start("ws")) {
			IdleWebSockets program = new IdleWebSockets(peer.port());
			program.openNetty(WARM_UP);
			program.openStreams(WARM_UP);
			Memory start = Memory.now();
			program.openNetty(count);
			Memory netty = Memory.now();
			program.openStreams(count);
			Memory both = Memory.now();
			Memory perNetty = netty.since(start, count);
			Memory perStream = both.since(netty, count);
			System.out.println("netty, per connection: " + perNetty);
			System.out.println("stream, per connection: " + perStream);
			System.out.printf("heap ratio %.2f, all memory ratio %.2f%n", (double) perStream.heap() / perNetty.heap(),
					(double) perStream.all() / perNetty.all());
		}
		System.exit(0);
	}

	private void openNetty(int count) throws InterruptedException {
		Bootstrap bootstrap = new Bootstrap().group(this.group).channel(NioSocketChannel.class);
		URI uri = URI.create("ws://127.0.0.2:" + this.port + "/echo");
		for (int i = 0; i < count; i++) {
			this.room.acquire();
			this.open.add(bootstrap.clone().handler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
								new WebSocketClientProtocolHandler(uri, WebSocketVersion.V13, null, false,
										EmptyHttpHeaders.INSTANCE, 1024 * 1024),
								new Idle());
				}

			}).connect("127.0.0.2", this.port).channel());
		}
		awaitAll();
	}

	private void openStreams(int count) throws InterruptedException {
		for (int i = 0; i < count; i++) {
			this.room.acquire();
			SecureStream stream = this.streams.create("idle", new Handler());
			stream.connect();
			this.open.add(stream);
		}
		awaitAll();
	}

	private void awaitAll() throws InterruptedException {
		if (!this.room.tryAcquire(AT_ONCE, 60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("not all connect");
		}
		this.room.release(AT_ONCE);
	}

	private final class Handler implements StreamHandler {

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			if (state == StreamState.CONNECTED) {
				IdleWebSockets.this.room.release();
			}
		}

	}

	private final class Idle extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				IdleWebSockets.this.room.release();
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ReferenceCountUtil.release(message);
		}

	}

	/**
	 * Memory in use, bytes.
	 *
	 * @param heap live objects
	 * @param direct buffers of Netty's allocators outside the heap
	 * @param resident memory of the process
	 */
	private record Memory(long heap, long direct, long resident) {

		static Memory now() throws IOException, InterruptedException {
			long heap = Long.MAX_VALUE;
			for (int i = 0; i < 5; i++) {
				System.gc();
				TimeUnit.MILLISECONDS.sleep(300);
				heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
			}
			long resident = Files.readAllLines(Path.of("/proc/self/status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
				.sum();
			return new Memory(heap, PlatformDependent.usedDirectMemory(), resident);
		}

		Memory since(Memory before, int count) {
			return new Memory((this.heap - before.heap) / count, (this.direct - before.direct) / count,
					(this.resident - before.resident) / count);
		}

		long all() {
			return this.heap + this.resident;
		}

		@Override
		public String toString() {
			return "heap " + this.heap + " B, direct buffers " + this.direct + " B, resident native memory "
					+ this.resident + " B";
		}

	}

}
