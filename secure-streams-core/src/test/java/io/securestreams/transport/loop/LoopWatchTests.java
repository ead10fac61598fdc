package io.securestreams.transport.loop;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.channel.Channel;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestPolicies;
import io.securestreams.transport.TransportRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class LoopWatchTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(LoopProbe.class);

	private final CompletableFuture<String> blocked = new CompletableFuture<>();

	private final CompletableFuture<String> free = new CompletableFuture<>();

	private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
		@Override
		protected void append(ILoggingEvent event) {
			String message = event.getFormattedMessage();
			LoopWatchTests.this.log.add(message);
			if (message.contains(" secure-streams-1 ")) {
				(message.contains("is blocked") ? LoopWatchTests.this.blocked : LoopWatchTests.this.free)
					.complete(message);
			}
		}
	};

	private final CountDownLatch release = new CountDownLatch(1);

	private final EventLoops loops = EventLoops.create("nio", 2, Duration.ofMillis(250));

	@BeforeEach
	void listen() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.logger.detachAppender(this.appender);
		TestLink.await(this.loops.shutdown().toCompletableFuture());
	}

	@Test
	void tellsOnceOfALoopThatIsBlockedAndWhereAndByWhom() {
		this.loops.calling((loop) -> List.of("sensor#7"));
		block(this.loops.next());
		assertThat(TestLink.await(this.blocked)).startsWith("event loop secure-streams-1 is blocked for ")
			.contains(" ms by the handler of sensor#7, everything else on it waits:\n")
			.contains(LoopWatchTests.class.getName());
		assertThat(this.loops.states()).singleElement().satisfies((state) -> {
			assertThat(state.thread()).isEqualTo("secure-streams-1");
			assertThat(state.isBlocked()).isTrue();
			assertThat(state.blockedFor()).isGreaterThanOrEqualTo(Duration.ofMillis(250));
			assertThat(state.timesBlocked()).isOne();
		});
		this.release.countDown();
		assertThat(TestLink.await(this.free)).startsWith("event loop secure-streams-1 is free again, after ");
		assertThat(this.loops.states()).containsExactly(new EventLoopState("secure-streams-1", Duration.ZERO, 1));
		assertThat(this.log).filteredOn((line) -> line.contains("is blocked")).hasSize(1);
	}

	@Test
	void givesNothingNewToALoopThatIsBlocked() {
		EventLoopExecutor stuck = this.loops.next();
		block(stuck);
		TestLink.await(this.blocked);
		for (int i = 0; i < 4; i++) {
			assertThat(this.loops.next()).isNotSameAs(stuck);
		}
	}

	@Test
	void acceptsAndServesWhileALoopIsBlocked() throws Exception {
		TransportRuntime runtime = new TransportRuntime(this.loops, TlsIdentities.NONE, new SystemBlobs(),
				NetworkLimits.DEFAULTS, ListenerLimits.DEFAULTS, List.of());
		block(this.loops.next());
		TestLink.await(this.blocked);
		BoundListener listener = TestLink.await(runtime.listener()
			.bind(TestPolicies.server("127.0.0.1"), List.of(), Channel::close)
			.toCompletableFuture());
		for (int i = 0; i < 4; i++) {
			try (Socket socket = new Socket()) {
				socket.connect(listener.address());
				assertThat(socket.getInputStream().read()).isEqualTo(-1);
			}
		}
		assertThat(((InetSocketAddress) listener.address()).getPort()).isPositive();
		runtime.close();
	}

	private void block(EventLoopExecutor loop) {
		loop.execute(() -> {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				// The end of the test
			}
		});
	}

}
