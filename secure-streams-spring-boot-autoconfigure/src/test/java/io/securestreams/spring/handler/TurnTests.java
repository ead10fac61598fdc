package io.securestreams.spring.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.securestreams.stream.observe.EventLoopThread;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what executors do with work.
 */
@Timeout(20)
@ExtendWith(OutputCaptureExtension.class)
class TurnTests {

	private final CountDownLatch done = new CountDownLatch(1);

	private volatile Thread worker = Thread.currentThread();

	private void work() {
		this.worker = Thread.currentThread();
		this.done.countDown();
	}

	@Test
	void anExecutorThatRunsThingsInTheCallerDoesNotOnEventLoops() throws Exception {
		Thread loop = new Loop(() -> Turn.on(Runnable::run, this::work));
		loop.start();
		this.done.await();
		assertThat(this.worker).isNotSameAs(loop).isNotInstanceOf(EventLoopThread.class);
	}

	@Test
	void elsewhereItDoes() {
		Turn.on(Runnable::run, this::work);
		assertThat(this.done.getCount()).isZero();
		assertThat(this.worker).isSameAs(Thread.currentThread());
	}

	@Test
	void anExecutorThatDropsThingsOnceItIsShutDownLosesNone() throws Exception {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				new ThreadPoolExecutor.CallerRunsPolicy());
		pool.shutdown();
		Turn.on(pool, this::work);
		this.done.await();
	}

	@Test
	void soDoesOneOfSpring() throws Exception {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
		pool.initialize();
		pool.shutdown();
		Turn.on(pool, this::work);
		this.done.await();
	}

	@Test
	void oneThatFailsLosesNoneAndThatIsToldOnce(CapturedOutput output) throws Exception {
		Executor executor = new Failing();
		for (int i = 0; i < 3; i++) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			Turn.on(executor, () -> done.complete(null));
			done.get(10, TimeUnit.SECONDS);
		}
		assertThat(output).containsOnlyOnce("their executor fails").containsOnlyOnce("no request");
	}

	@Test
	void whatOneThatShutsDownHasGotIsDoneOnce() throws Exception {
		AtomicInteger times = new AtomicInteger();
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {

			@Override
			public void execute(Runnable task) {
				super.execute(task);
				shutdown();
			}

		};
		Turn.on(pool, () -> {
			times.incrementAndGet();
			this.done.countDown();
		});
		this.done.await();
		assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		assertThat(times).hasValue(1);
	}

	/** As one with a decorator for threads of requests. */
	private static final class Failing implements Executor {

		@Override
		public void execute(Runnable task) {
			throw new IllegalStateException("no request");
		}

	}

	private static final class Loop extends Thread implements EventLoopThread {

		Loop(Runnable work) {
			super(work);
		}

	}

}
