package io.securestreams.transport.loop;

import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.securestreams.engine.spi.Address;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class LoopFairnessTests {

	private static final long TASK_NANOS = 1_000_000;

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void looksAtItsSocketsHoweverManyTasksThereAre(String transport) throws Exception {
		EventLoops loops = EventLoops.create(transport, 1, Duration.ZERO);
		TransportRuntime runtime = new TransportRuntime(loops, TlsIdentities.NONE, new SystemBlobs(),
				NetworkLimits.DEFAULTS, ListenerLimits.DEFAULTS, List.of());
		CountDownLatch greedy = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		try (JdkPeer peer = JdkPeer.tcp((socket) -> {
			greedy.await();
			send(socket);
			sent.countDown();
			socket.getInputStream().read();
		})) {
			Channel channel = ConnectResult
				.of(runtime,
						new Origin(new Address.Host("127.0.0.1", peer.port()), false, TlsPolicy.NONE,
								TrafficClass.NORMAL, null, List.of()))
				.open();
			Greedy tasks = new Greedy(loops.next(), greedy, sent);
			channel.pipeline().addLast(tasks.reader);
			channel.read();
			loops.next().execute(tasks);
			assertThat(TestLink.await(tasks.read)).as("tasks of 1 ms that ran after the peer had sent").isLessThan(100);
		}
		finally {
			runtime.close();
			TestLink.await(loops.shutdown().toCompletableFuture());
		}
	}

	private static void send(Socket socket) throws java.io.IOException {
		OutputStream out = socket.getOutputStream();
		out.write(1);
		out.flush();
	}

	/** Tasks that follow each other without end. */
	private static final class Greedy implements Runnable {

		private final EventLoopExecutor loop;

		private final CountDownLatch started;

		private final CountDownLatch sent;

		private final AtomicInteger late = new AtomicInteger();

		private final CompletableFuture<Integer> read = new CompletableFuture<>();

		private final SimpleChannelInboundHandler<ByteBuf> reader = new SimpleChannelInboundHandler<>() {
			@Override
			protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
				Greedy.this.read.complete(Greedy.this.late.get());
			}
		};

		Greedy(EventLoopExecutor loop, CountDownLatch started, CountDownLatch sent) {
			this.loop = loop;
			this.started = started;
			this.sent = sent;
		}

		@Override
		public void run() {
			this.started.countDown();
			for (long start = System.nanoTime(); System.nanoTime() - start < TASK_NANOS;) {
				Thread.onSpinWait();
			}
			if (this.sent.getCount() == 0) {
				this.late.incrementAndGet();
			}
			if (!this.read.isDone()) {
				this.loop.execute(this);
			}
		}

	}

}
