package io.securestreams.transport.loop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.JdkPeer;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPki;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.connect.ConnectResult;
import io.securestreams.transport.connect.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class EventLoopShutdownTests {

	private static final int CONNECTIONS = 20;

	private final EventLoops loops;

	private final TransportRuntime runtime;

	private final List<Channel> open = new ArrayList<>();

	EventLoopShutdownTests(String transport) {
		this.loops = EventLoops.create(transport, 2, Duration.ZERO);
		this.runtime = new TransportRuntime(this.loops, TlsIdentities.NONE, new SystemBlobs(), NetworkLimits.DEFAULTS,
				ListenerLimits.DEFAULTS, List.of());
	}

	@Test
	void closesWhatIsOpenWhenALoopAsksForTheEnd() throws Exception {
		openSome();
		TestLink.await(onLoop(this.open.get(0), this.loops::shutdown));
		assertThat(this.open).noneMatch(Channel::isOpen);
	}

	@Test
	void closesWhatIsOpenWhenAnybodyElseAsks() throws Exception {
		openSome();
		TestLink.await(this.loops.shutdown().toCompletableFuture());
		assertThat(this.open).noneMatch(Channel::isOpen);
	}

	@Test
	void closesWhatAStoppingLoopHasJustOpened() throws Exception {
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo)) {
			StreamEventLoop loop = (StreamEventLoop) this.loops.next().eventLoop();
			CompletableFuture<Channel> late = new CompletableFuture<>();
			CompletableFuture<Void> asked = new CompletableFuture<>();
			loop.execute(() -> {
				Channel channel = this.loops.sockets().client().newChannel();
				loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
				loop.register(channel);
				channel.connect(new InetSocketAddress("127.0.0.1", peer.port()));
				late.complete(channel);
				asked.complete(null);
			});
			TestLink.await(asked);
			TestLink.await(this.loops.shutdown().toCompletableFuture());
			assertThat(TestLink.await(late).isOpen()).isFalse();
		}
	}

	@Test
	void saysGoodbyeInTls() throws Exception {
		CompletableFuture<Integer> end = new CompletableFuture<>();
		try (JdkPeer peer = JdkPeer.tls(TestPki.server("localhost"), (socket) -> {
			try {
				end.complete(socket.getInputStream().read());
			}
			catch (IOException ex) {
				end.completeExceptionally(ex);
			}
		})) {
			ConnectResult result = ConnectResult.of(this.runtime, new Origin(new Address.Host("localhost", peer.port()),
					true, TestPolicies.trusting(TestPki.CA.getCertificate()), TrafficClass.NORMAL, null, List.of()));
			TestLink.await(onLoop(result.open(), this.loops::shutdown));
			assertThat(TestLink.await(end)).isEqualTo(-1);
		}
	}

	@Test
	void endsAlthoughALoopIsBlockedForGood() {
		CountDownLatch never = new CountDownLatch(1);
		CompletableFuture<Thread> blocked = new CompletableFuture<>();
		this.loops.next().execute(() -> {
			blocked.complete(Thread.currentThread());
			while (never.getCount() > 0) {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					// Whoever blocks for good does not care either
				}
			}
		});
		assertThat(TestLink.await(blocked).isDaemon()).isTrue();
		TestLink.await(this.loops.shutdown().toCompletableFuture());
		assertThat(TestLink.await(blocked).isAlive()).isTrue();
		never.countDown();
	}

	@Test
	void interruptsWhatWaits() throws Exception {
		CompletableFuture<Thread> interrupted = new CompletableFuture<>();
		this.loops.next().execute(() -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.complete(Thread.currentThread());
			}
		});
		TestLink.await(this.loops.shutdown().toCompletableFuture());
		TestLink.await(interrupted).join();
	}

	@Test
	void givesTheSameAnswerToAllWhoAsk() {
		TestLink.await(onLoop(this.loops.next(), this.loops::shutdown));
		assertThat(this.loops.shutdown().toCompletableFuture()).isCompleted();
		assertThat(this.loops.nextNio().eventLoop().isShuttingDown()).isTrue();
		assertThat(this.loops.acceptor().isShuttingDown()).isTrue();
		assertThat(this.loops.states()).extracting(EventLoopState::isBlocked).doesNotContain(true);
	}

	/** A listener, what it has accepted, and the clients of that. */
	private void openSome() {
		Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
		CountDownLatch all = new CountDownLatch(CONNECTIONS);
		BoundListener listener = TestLink
			.await(this.runtime.listener().bind(TestPolicies.server("127.0.0.1"), List.of(), (channel) -> {
				accepted.add(channel);
				all.countDown();
			}).toCompletableFuture());
		int port = ((InetSocketAddress) listener.address()).getPort();
		for (int i = 0; i < CONNECTIONS; i++) {
			this.open.add(
					ConnectResult
						.of(this.runtime,
								new Origin(new Address.Host("127.0.0.1", port), false, TlsPolicy.NONE,
										TrafficClass.NORMAL, null, List.of()))
						.open());
		}
		TestLink.await(CompletableFuture.runAsync(() -> {
			try {
				all.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}));
		this.open.addAll(accepted);
		assertThat(this.open).hasSize(2 * CONNECTIONS).allMatch(Channel::isOpen);
	}

	private CompletableFuture<Void> onLoop(Channel channel, Supplier<CompletionStage<Void>> task) {
		return onLoop(EventLoopExecutor.of(channel.eventLoop()), task);
	}

	private static CompletableFuture<Void> onLoop(EventLoopExecutor loop, Supplier<CompletionStage<Void>> task) {
		return CompletableFuture.supplyAsync(task, loop::execute).thenCompose((stage) -> stage);
	}

}
