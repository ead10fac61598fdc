package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.testing.FakeTransportFactory;
import io.securestreams.testing.FakeTransport;
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
	void wakingFromAnEventLoopGoesInSlices() {
		goesInSlices(StreamEngine::wake);
	}

	@Test
	void aPolicyWithoutTheirStreamTypeEndsStreamsInSlices() {
		goesInSlices((engine) -> engine.updatePolicy((policy) -> StreamPolicies.policy()));
		assertThat(this.engine.streams()).isEmpty();
	}

	@Test
	void shuttingDownFromAnEventLoopGoesInSlices() {
		goesInSlices((engine) -> engine.shutdown(Duration.ZERO));
		assertThat(this.engine.streams()).isEmpty();
	}

	private void goesInSlices(Consumer<StreamEngine> request) {
		for (int i = 0; i < STREAMS; i++) {
			add();
		}
		this.loop.run();
		assertThat(heard()).isEqualTo(STREAMS);
		this.loop.slices.add(() -> request.accept(this.engine));
		int most = 0;
		int all = 0;
		while (!this.loop.slices.isEmpty()) {
			this.loop.step();
			int heard = heard();
			most = Math.max(most, heard);
			all += heard;
		}
		assertThat(all).as("streams served").isGreaterThanOrEqualTo(STREAMS);
		assertThat(most).as("streams served in one task").isLessThanOrEqualTo(FanOut.SLICE);
	}

	@Test
	void aListenersEndFromAnEventLoopGoesInSlices() {
		FakeTransportFactory network = EngineFixture.with().network;
		StreamEngine server = new StreamEngine(
				new EngineSettings(this.loop, network.both(), List.of(), null, () -> 0L, true),
				StreamPolicies.policy(StreamPolicies.named(EngineFixture.TYPE).server()));
		StreamServer room = server.listen(EngineFixture.TYPE, RecordingHandler::new);
		int[] closed = new int[1];
		this.loop.slices.add(() -> {
			for (int i = 0; i < STREAMS; i++) {
				FakeTransport client = Objects.requireNonNull(network.accept(this.loop));
				client.connected();
				client.onClose = () -> closed[0]++;
			}
		});
		this.loop.run();
		this.loop.slices.add(room::close);
		assertThat(mostInOneTask(() -> closed[0])).isBetween(1, FanOut.SLICE);
		assertThat(closed).containsExactly(STREAMS);
		assertThat(server.servers()).isEmpty();
	}

	@Test
	void oneThatThrowsKeepsNoneFromBeingAskedAndTheEndIsToldOnceAfterAll() {
		List<Integer> asked = new ArrayList<>();
		List<Integer> askedAtTheEnd = new ArrayList<>();
		List<Integer> all = IntStream.range(0, STREAMS).boxed().toList();
		this.loop.slices.add(() -> FanOut.each(this.loop, all, (number) -> {
			asked.add(number);
			if (number % 100 == 3) {
				throw new IllegalStateException("on purpose");
			}
		}, () -> askedAtTheEnd.add(asked.size())));
		assertThat(mostInOneTask(asked::size)).isEqualTo(FanOut.SLICE);
		assertThat(asked).isEqualTo(all);
		assertThat(askedAtTheEnd).containsExactly(STREAMS);
	}

	@Test
	void aFewAreAskedAtOnce() {
		List<Integer> asked = new ArrayList<>();
		List<Integer> all = IntStream.range(0, FanOut.SLICE).boxed().toList();
		this.loop.slices.add(() -> FanOut.each(this.loop, all, asked::add, () -> asked.add(-1)));
		this.loop.step();
		assertThat(asked).hasSize(FanOut.SLICE + 1).endsWith(-1);
	}

	@Test
	void anotherThreadAsksAllBeforeItGoesOn() {
		List<Integer> asked = new ArrayList<>();
		List<Integer> all = IntStream.range(0, STREAMS).boxed().toList();
		FanOut.each(this.loop, all, (number) -> {
			asked.add(number);
			if (number % 100 == 3) {
				throw new IllegalStateException("on purpose");
			}
		}, () -> asked.add(-1));
		assertThat(asked).hasSize(STREAMS + 1).endsWith(-1);
		assertThat(this.loop.slices).isEmpty();
	}

	/** Runs all there is, and finds out how much was done at most in one task. */
	private int mostInOneTask(IntSupplier count) {
		int most = 0;
		for (int before = count.getAsInt(); !this.loop.slices.isEmpty();) {
			this.loop.step();
			most = Math.max(most, count.getAsInt() - before);
			before = count.getAsInt();
		}
		return most;
	}

	@Test
	void aBroadcastFromAnEventLoopGoesInSlicesAndInOrder() {
		FakeTransportFactory network = EngineFixture.with().network;
		StreamEngine server = new StreamEngine(
				new EngineSettings(this.loop, network.both(), List.of(), null, () -> 0L, true),
				StreamPolicies.policy(StreamPolicies.named(EngineFixture.TYPE).server()));
		StreamServer room = server.listen(EngineFixture.TYPE, RecordingHandler::new);
		List<FakeTransport> clients = new ArrayList<>();
		this.loop.slices.add(() -> {
			for (int i = 0; i < STREAMS; i++) {
				FakeTransport client = Objects.requireNonNull(network.accept(this.loop));
				client.connected();
				clients.add(client);
			}
		});
		this.loop.run();
		SecureStream last = new ArrayList<>(room.clients()).get(STREAMS - 1);
		int[] given = new int[2];
		List<CompletionStage<Long>> sent = new ArrayList<>();
		this.loop.slices.add(() -> {
			given[0] = room.broadcast(new byte[] { 'a' });
			given[1] = room.broadcast(new byte[] { 'b' });
			sent.add(last.send(new byte[] { 'c' }));
			clients.add(Objects.requireNonNull(network.accept(this.loop)));
			clients.get(STREAMS).connected();
		});
		int asked = 0;
		while (!this.loop.slices.isEmpty()) {
			this.loop.step();
			int now = (int) clients.stream().filter(FakeTransport::isWriteRequested).count();
			assertThat(now - asked).as("streams served in one task").isLessThanOrEqualTo(2 * FanOut.SLICE + 1);
			asked = now;
		}
		assertThat(given).containsOnly(STREAMS);
		for (int i = 0; i < 3; i++) {
			this.loop.slices.add(() -> clients.forEach((client) -> {
				if (client.isWriteRequested()) {
					client.writable(100);
				}
			}));
			this.loop.run();
		}
		assertThat(clients.get(STREAMS - 1).written).containsExactly("SE:a@0", "SE:b@1", "SE:c@2");
		assertThat(clients.subList(0, STREAMS - 1))
			.allSatisfy((client) -> assertThat(client.written).containsExactly("SE:a@0", "SE:b@1"));
		assertThat(clients.get(STREAMS).written).as("of one that came later").isEmpty();
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
