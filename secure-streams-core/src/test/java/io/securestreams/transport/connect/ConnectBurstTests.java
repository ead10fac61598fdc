package io.securestreams.transport.connect;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.spi.Address;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.TestLink;
import io.securestreams.transport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hundreds of connections that are asked for at once, and what else their event loop has
 * to do. Each attempt fails as soon as it starts, and keeps the loop for longer than a
 * slice may, however fast the machine is, so that what comes between can be counted.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class ConnectBurstTests {

	private static final int MANY = 400;

	private static final long NANOS = 600_000;

	/** Starting fails, whatever the network is like. */
	private static final Origin NOWHERE = new Origin(new Address.Host("127.0.0.1", 0), false, TlsPolicy.NONE,
			TrafficClass.NORMAL, null, List.of());

	private final String transport;

	/** On the event loop. */
	private int started;

	ConnectBurstTests(String transport) {
		this.transport = transport;
	}

	@Test
	void othersHaveTheirTurnBetweenTwoAttempts() {
		try (TestRuntime test = TestRuntime.create(this.transport)) {
			EventLoop loop = test.loops().next().eventLoop();
			CompletableFuture<Integer> most = new CompletableFuture<>();
			loop.execute(() -> {
				for (int i = 0; i < MANY; i++) {
					test.runtime().connector().connect(loop, NOWHERE, new Failing());
				}
				assertThat(this.started).as("none before its listener can know of it").isZero();
				loop.execute(new Other(loop, most));
			});
			assertThat(TestLink.await(most)).as("attempts between two turns of another task").isEqualTo(1);
		}
	}

	@Test
	void whoGivesUpMeanwhileIsToldNothing() {
		try (TestRuntime test = TestRuntime.create(this.transport)) {
			EventLoop loop = test.loops().next().eventLoop();
			CompletableFuture<Integer> all = new CompletableFuture<>();
			loop.execute(() -> {
				List<ConnectAttempt> attempts = IntStream.range(0, MANY)
					.mapToObj((i) -> test.runtime().connector().connect(loop, NOWHERE, new Failing()))
					.toList();
				attempts.subList(10, MANY).forEach(ConnectAttempt::cancel);
				// Behind all that has been asked for
				test.runtime().connector().connect(loop, NOWHERE, new Failing() {
					@Override
					public void failed(StreamFailure failure, ConnectReport report) {
						all.complete(ConnectBurstTests.this.started);
					}
				});
			});
			assertThat(TestLink.await(all)).isEqualTo(10);
		}
	}

	private class Failing implements ConnectListener {

		@Override
		public void connected(Channel channel, ConnectReport report) {
			throw new AssertionError("connected");
		}

		@Override
		public void failed(StreamFailure failure, ConnectReport report) {
			for (long start = System.nanoTime(); System.nanoTime() - start < NANOS;) {
				Thread.onSpinWait();
			}
			ConnectBurstTests.this.started++;
		}

	}

	/** Takes its turn whenever it can, until all attempts have started. */
	private final class Other implements Runnable {

		private final EventLoop loop;

		private final CompletableFuture<Integer> result;

		private int before;

		private int most;

		Other(EventLoop loop, CompletableFuture<Integer> result) {
			this.loop = loop;
			this.result = result;
		}

		@Override
		public void run() {
			int now = ConnectBurstTests.this.started;
			this.most = Math.max(this.most, now - this.before);
			this.before = now;
			if (now < MANY) {
				this.loop.execute(this);
			}
			else {
				this.result.complete(this.most);
			}
		}

	}

}
