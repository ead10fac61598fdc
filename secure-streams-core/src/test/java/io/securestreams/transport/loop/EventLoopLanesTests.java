package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.TestLink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that are made by the hundred, and what else their event loop has to do.
 * Starting each takes as long as a slice may, however fast the machine is, so that what
 * comes between can be counted.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class EventLoopLanesTests {

	private static final int MANY = 400;

	/** What may happen before a timer that has expired is looked at: a turn's tasks. */
	private static final int TURN = 50;

	private final EventLoops loops;

	private final EventLoopExecutor loop;

	/** On the loop. */
	private int started;

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	EventLoopLanesTests(String transport) {
		this.loops = EventLoops.create(transport, 1, Duration.ZERO);
		this.loop = this.loops.next();
	}

	@AfterEach
	void stop() {
		TestLink.await(this.loops.shutdown().toCompletableFuture());
	}

	@Test
	void othersHaveTheirTurnBetweenTwoConnects() {
		List<Integer> most = new ArrayList<>(List.of(0));
		this.loop.execute(() -> {
			this.loop.execute(new Runnable() {

				private int before;

				@Override
				public void run() {
					int now = EventLoopLanesTests.this.started;
					most.set(0, Math.max(most.get(0), now - this.before));
					this.before = now;
					if (now < MANY) {
						EventLoopLanesTests.this.loop.execute(this);
					}
				}
			});
			connectMany();
		});
		TestLink.await(this.done);
		assertThat(most).as("connects between two turns of another task").containsExactly(1);
	}

	@Test
	void whatStreamsAreAskedForDoesNotWaitForHundredsOfConnects() {
		CompletableFuture<Integer> asked = new CompletableFuture<>();
		this.loop.execute(() -> {
			connectMany();
			this.loop.executeInSlices(() -> asked.complete(this.started));
		});
		assertThat(TestLink.await(asked)).isLessThanOrEqualTo(1);
		TestLink.await(this.done);
	}

	@Test
	void timersDoNotWaitForHundredsOfConnects() {
		CompletableFuture<Integer> expired = new CompletableFuture<>();
		this.loop.execute(() -> {
			connectMany();
			this.loop.schedule(() -> expired.complete(this.started), 0);
		});
		assertThat(TestLink.await(expired)).isLessThan(TURN);
		TestLink.await(this.done);
	}

	@Test
	void connectsDoNotWaitForHundredsOfTimers() {
		CompletableFuture<Integer> connected = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.loop.schedule(() -> {
				start();
				this.loop.executeConnect(() -> connected.complete(this.started));
			}, 0);
			for (int i = 1; i < MANY; i++) {
				this.loop.schedule(this::start, 0);
			}
		});
		assertThat(TestLink.await(connected)).isLessThan(TURN);
		TestLink.await(this.done);
	}

	private void connectMany() {
		for (int i = 0; i < MANY; i++) {
			this.loop.executeConnect(this::start);
		}
	}

	private void start() {
		for (long start = System.nanoTime(); System.nanoTime() - start < TaskLane.SLICE_NANOS;) {
			Thread.onSpinWait();
		}
		if (++this.started == MANY) {
			this.done.complete(null);
		}
	}

}
