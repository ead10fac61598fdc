package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.testing.OtherThread;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Operations from threads that are not the stream's.
 */
class ForeignThreadTests {

	private EngineFixture fixture = EngineFixture.with();

	@AfterEach
	void nothingIsLeftBehind() {
		this.fixture.engine().shutdown(Duration.ZERO);
		this.fixture.loop.run();
		this.fixture.loop.assertIdle();
	}

	private SecureStream connected() {
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE).ws().nailedUp());
		SecureStream stream = this.fixture.create();
		this.fixture.connected();
		this.fixture.handler.take();
		return stream;
	}

	@Test
	void whatTheEventLoopAsksForComesAfterWhatOthersHaveAskedFor() {
		SecureStream stream = connected();
		this.fixture.loop.inside(() -> {
			// The wake-up of the other thread comes after this
			OtherThread.run(stream::pauseReceiving).join();
			stream.resumeReceiving();
		});
		assertThat(this.fixture.transport().isPaused()).isFalse();
		this.fixture.loop.inside(() -> {
			OtherThread.run(stream::resumeReceiving).join();
			stream.pauseReceiving();
		});
		assertThat(this.fixture.transport().isPaused()).isTrue();
	}

	@Test
	void anyNumberOfRequestsIsOneWakeUp() {
		SecureStream stream = connected();
		int before = this.fixture.loop.wakeUps();
		for (int i = 0; i < 1000; i++) {
			stream.requestTx();
		}
		stream.confirmValidity();
		stream.requestTx(17);
		assertThat(this.fixture.loop.wakeUps() - before).isEqualTo(1);
		this.fixture.loop.run();
		assertThat(this.fixture.transport().isWriteRequested()).isTrue();
		assertThat(this.fixture.transport().link().txLength()).isEqualTo(17);
		stream.requestTx();
		assertThat(this.fixture.loop.wakeUps() - before).isEqualTo(2);
	}

	@Test
	void nothingHappensBeforeTheEventLoopRuns() {
		SecureStream stream = connected();
		stream.close();
		assertThat(stream.isClosed()).isFalse();
		this.fixture.loop.run();
		assertThat(stream.isClosed()).isTrue();
	}

	@Test
	void requestsOfManyThreadsAreNotLost() throws InterruptedException {
		SecureStream stream = connected();
		AtomicInteger asked = new AtomicInteger();
		AtomicInteger served = new AtomicInteger();
		this.fixture.handler.onWritable((self, slot) -> served.set(asked.get()));
		List<Thread> threads = new ArrayList<>();
		CountDownLatch running = new CountDownLatch(4);
		for (int i = 0; i < 4; i++) {
			Thread thread = new Thread(() -> {
				for (int n = 0; n < 5000; n++) {
					asked.incrementAndGet();
					stream.requestTx();
				}
				running.countDown();
			});
			threads.add(thread);
			thread.start();
		}
		while (running.getCount() > 0) {
			turn();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		turn();
		turn();
		assertThat(served.get()).isEqualTo(asked.get()).isEqualTo(20_000);
	}

	private void turn() {
		this.fixture.loop.inside(() -> this.fixture.transport().writable(10));
	}

	@Test
	void sendsOfManyThreadsAreAllSent() throws InterruptedException {
		SecureStream stream = connected();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			byte[] message = { (byte) ('a' + i) };
			Thread thread = new Thread(() -> {
				for (int n = 0; n < 200; n++) {
					stream.send(message);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		for (int n = 0; n < 801; n++) {
			turn();
		}
		assertThat(this.fixture.transport().written).hasSize(800);
		assertThat(stream.snapshot().counters().sentMessages()).isEqualTo(800);
	}

	@Test
	void streamsEndWhenTheirEventLoopIsGone() {
		StreamExecutorGroup dead = new StreamExecutorGroup() {
			@Override
			public StreamExecutor next() {
				return new DeadExecutor();
			}

			@Override
			public StreamExecutor next(int affinity) {
				return next();
			}
		};
		this.fixture = EngineFixture.with(StreamPolicies.named(EngineFixture.TYPE));
		StreamEngine engine = new StreamEngine(this.fixture.engine().policy(), dead, this.fixture.network.both(),
				() -> 0L, List.of(), null);
		assertThatExceptionOfType(SecureStreamsException.class)
			.isThrownBy(() -> engine.create(EngineFixture.TYPE, new RecordingHandler()));
		assertThat(engine.streams()).isEmpty();
		assertThat(engine.shutdown(Duration.ofSeconds(1)).toCompletableFuture()).isCompleted();
	}

	private static final class DeadExecutor implements StreamExecutor {

		@Override
		public boolean inContext() {
			return false;
		}

		@Override
		public void execute(Runnable task) {
			throw new RejectedExecutionException("stopped");
		}

		@Override
		public Timer schedule(Runnable task, long delayMillis) {
			throw new RejectedExecutionException("stopped");
		}

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public long epochMillis() {
			return 0;
		}

	}

}
