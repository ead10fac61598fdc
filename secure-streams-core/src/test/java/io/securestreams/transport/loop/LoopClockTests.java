package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.TestLink;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The wall clock of an event loop, which is not looked at for each question of a turn.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class LoopClockTests {

	private final EventLoops loops;

	private final EventLoopExecutor loop;

	LoopClockTests(String transport) {
		this.loops = EventLoops.create(transport, 1, Duration.ZERO);
		this.loop = this.loops.next();
	}

	@AfterEach
	void stop() {
		TestLink.await(this.loops.shutdown().toCompletableFuture());
	}

	@Test
	void aTurnKnowsWhatTimeItIs() {
		for (int i = 0; i < 5; i++) {
			long before = letTimePass(System.currentTimeMillis());
			assertThat(ask()).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(System.currentTimeMillis());
		}
	}

	@Test
	void aTaskThatFollowsALongOneInTheSameTurnKnowsWhatTimeItIs() {
		CompletableFuture<Long> passed = new CompletableFuture<>();
		CompletableFuture<Long> asked = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.loop.execute(() -> passed.complete(letTimePass(this.loop.epochMillis())));
			this.loop.execute(() -> asked.complete(this.loop.epochMillis()));
		});
		assertThat(TestLink.await(asked)).isGreaterThanOrEqualTo(TestLink.await(passed));
	}

	@Test
	void aTurnThatNeverEndsLooksAgain() {
		CompletableFuture<Long> passed = new CompletableFuture<>();
		CompletableFuture<Long> asked = new CompletableFuture<>();
		this.loop.execute(() -> {
			passed.complete(letTimePass(this.loop.epochMillis()));
			long last = 0;
			for (int i = 0; i < 16; i++) {
				last = this.loop.epochMillis();
			}
			asked.complete(last);
		});
		assertThat(TestLink.await(asked)).isGreaterThanOrEqualTo(TestLink.await(passed));
	}

	@Test
	void otherThreadsHaveTheClockItself() {
		ask();
		long before = letTimePass(System.currentTimeMillis());
		assertThat(this.loop.epochMillis()).isGreaterThanOrEqualTo(before);
	}

	private long ask() {
		CompletableFuture<Long> asked = new CompletableFuture<>();
		this.loop.execute(() -> asked.complete(this.loop.epochMillis()));
		return TestLink.await(asked);
	}

	private static long letTimePass(long since) {
		long now = System.currentTimeMillis();
		while (now <= since + 1) {
			Thread.onSpinWait();
			now = System.currentTimeMillis();
		}
		return now;
	}

}
