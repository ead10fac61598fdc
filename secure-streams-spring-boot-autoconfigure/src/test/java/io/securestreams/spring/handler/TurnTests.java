package io.securestreams.spring.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
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

	@ParameterizedTest
	@ValueSource(strings = { "pool", "threads", "wrapped", "throttled" })
	void whatATaskDecoratorLosesOnTheExecutorsThreadIsDoneAndThatIsToldOnce(String kind, CapturedOutput output)
			throws Exception {
		Decorated decorated = Decorated.of(kind);
		try {
			for (int i = 0; i < 3; i++) {
				CompletableFuture<Thread> done = new CompletableFuture<>();
				Turn.on(decorated.executor, () -> done.complete(Thread.currentThread()));
				assertThat(done.get(10, TimeUnit.SECONDS).getName()).isEqualTo("secure-streams-drain");
			}
			assertThat(output).containsOnlyOnce("has lost a call");
			decorated.throwing = false;
			CompletableFuture<Void> delivered = new CompletableFuture<>();
			decorated.executor.execute(() -> Turn.on(decorated.executor, () -> delivered.complete(null)));
			delivered.get(10, TimeUnit.SECONDS);
			// Now that it delivers again, it is where things run
			Awaitility.await().until(() -> runsOnIt(decorated.executor));
		}
		finally {
			decorated.end.run();
		}
	}

	private static boolean runsOnIt(Executor executor) throws Exception {
		CompletableFuture<Thread> done = new CompletableFuture<>();
		Turn.on(executor, () -> done.complete(Thread.currentThread()));
		return !done.get(10, TimeUnit.SECONDS).getName().equals("secure-streams-drain");
	}

	@Test
	void whatARejectionPolicyDropsIsDone() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>(),
				new ThreadPoolExecutor.DiscardPolicy());
		CompletableFuture<Void> blocked = new CompletableFuture<>();
		pool.execute(() -> {
			blocked.complete(null);
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		blocked.get(10, TimeUnit.SECONDS);
		Turn.on(pool, this::work);
		release.countDown();
		this.done.await();
		pool.shutdown();
	}

	@Test
	void whatWaitsForABusyExecutorIsNotTakenForLost(CapturedOutput output) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		Turn.on(pool, () -> {
			thread.complete(Thread.currentThread());
			try {
				// Longer than several looks
				release.await(4, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		Turn.on(pool, this::work);
		this.done.await();
		assertThat(this.worker).isSameAs(thread.get(10, TimeUnit.SECONDS));
		assertThat(output).doesNotContain("has lost a call");
		pool.shutdown();
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

	/** Whose decorator throws when the task runs, as one does that restores nothing. */
	private static final class Decorated {

		private final Executor executor;

		private final Runnable end;

		private volatile boolean throwing = true;

		private Decorated(Function<TaskDecorator, Executor> made, Consumer<Executor> end) {
			this.executor = made.apply((task) -> () -> {
				if (this.throwing) {
					throw new IllegalStateException("there is no tenant");
				}
				task.run();
			});
			this.end = () -> end.accept(this.executor);
		}

		static Decorated of(String kind) {
			return switch (kind) {
				case "pool" -> new Decorated((decorator) -> {
					ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
					pool.setTaskDecorator(decorator);
					pool.initialize();
					return pool;
				}, (executor) -> ((ThreadPoolTaskExecutor) executor).shutdown());
				case "wrapped" -> new Decorated((decorator) -> {
					ConcurrentTaskExecutor outer = new ConcurrentTaskExecutor(Executors.newFixedThreadPool(2));
					outer.setTaskDecorator(decorator);
					return outer;
				}, (executor) -> ((ExecutorService) ((ConcurrentTaskExecutor) executor).getConcurrentExecutor())
					.shutdown());
				case "throttled" -> {
					SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor();
					threads.setConcurrencyLimit(1);
					ExecutorService waiting = Executors.newSingleThreadExecutor();
					yield new Decorated((decorator) -> {
						threads.setTaskDecorator(decorator);
						return new ThrottledExecutor(threads, waiting);
					}, (executor) -> waiting.shutdown());
				}
				default -> new Decorated((decorator) -> {
					SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor();
					threads.setTaskDecorator(decorator);
					return threads;
				}, (executor) -> ((SimpleAsyncTaskExecutor) executor).close());
			};
		}

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
