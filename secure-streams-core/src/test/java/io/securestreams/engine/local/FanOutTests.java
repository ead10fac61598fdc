package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.testing.RecordingHandler;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is asked of all streams at once, from an event loop: how many of them are served
 * before others have their turn.
 */
class FanOutTests {

	private static final int STREAMS = 500;

	private final Loop loop = new Loop();

	private final StreamEngine engine = new StreamEngine(
			new EngineSettings(this.loop, EngineFixture.with().network.both(), List.of(), null, () -> 0L, true),
			StreamPolicies.policy(StreamPolicies.named(EngineFixture.TYPE)));

	private final List<RecordingHandler> handlers = new ArrayList<>();

	@Test
	void startingGoesInSlices() {
		for (int i = 0; i < STREAMS; i++) {
			add();
		}
		assertThat(this.loop.tasks).as("none of it holds up others").isEmpty();
		assertThat(this.loop.slices).as("each is a task of its own").hasSize(STREAMS);
		this.loop.run();
		assertThat(heard()).isEqualTo(STREAMS);
	}

	@Test
	void wakingClosingAndShuttingDownFromAnEventLoopGoInSlices() {
		List<Consumer<StreamEngine>> all = List.of(StreamEngine::wake,
				(engine) -> engine.updatePolicy((policy) -> StreamPolicies.policy()),
				(engine) -> engine.shutdown(Duration.ZERO));
		for (int i = 0; i < STREAMS; i++) {
			add();
		}
		this.loop.run();
		for (Consumer<StreamEngine> request : all) {
			heard();
			this.loop.slices.add(() -> request.accept(this.engine));
			int most = 0;
			while (!this.loop.slices.isEmpty()) {
				this.loop.step();
				most = Math.max(most, heard());
			}
			assertThat(most).as("streams served in one task").isLessThanOrEqualTo(FanOut.SLICE);
		}
		assertThat(this.engine.streams()).isEmpty();
	}

	private void add() {
		RecordingHandler handler = new RecordingHandler();
		this.handlers.add(handler);
		this.engine.create(EngineFixture.TYPE, handler);
	}

	/** How many handlers have been called. */
	private int heard() {
		return (int) this.handlers.stream().filter((handler) -> !handler.take().isEmpty()).count();
	}

	/** An event loop that tells what runs in slices. */
	private static final class Loop implements StreamExecutor, StreamExecutorGroup {

		final Queue<Runnable> tasks = new ArrayDeque<>();

		final Queue<Runnable> slices = new ArrayDeque<>();

		private boolean inside;

		@Override
		public StreamExecutor next() {
			return this;
		}

		@Override
		public StreamExecutor next(int affinity) {
			return this;
		}

		@Override
		public boolean inContext() {
			return this.inside;
		}

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public void executeInSlices(Runnable task) {
			this.slices.add(task);
		}

		@Override
		public Timer schedule(Runnable task, long delayMillis) {
			return () -> {
			};
		}

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public long epochMillis() {
			return 0;
		}

		void step() {
			this.inside = true;
			this.slices.remove().run();
			while (!this.tasks.isEmpty()) {
				this.tasks.remove().run();
			}
			this.inside = false;
		}

		void run() {
			while (!this.slices.isEmpty()) {
				step();
			}
		}

	}

}
