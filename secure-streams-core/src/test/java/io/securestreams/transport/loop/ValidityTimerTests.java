package io.securestreams.transport.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.platform.WakeLock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ValidityTimerTests {

	private final Clock clock = new Clock();

	private final List<String> events = new ArrayList<>();

	private final List<String> held = new ArrayList<>();

	private int acquired;

	@Test
	void pingsThenHangsUp() {
		timer(40, 50).start();
		this.clock.advance(39);
		assertThat(this.events).isEmpty();
		this.clock.advance(1);
		assertThat(this.events).containsExactly("ping");
		this.clock.advance(9);
		assertThat(this.events).containsExactly("ping");
		this.clock.advance(1);
		assertThat(this.events).containsExactly("ping", "hangup");
		assertThat(this.clock.timers()).isZero();
	}

	@Test
	void everySignOfLifeStartsAgain() {
		ValidityTimer timer = timer(40, 50);
		timer.start();
		for (int i = 0; i < 10; i++) {
			this.clock.advance(39);
			timer.confirm();
		}
		assertThat(this.events).isEmpty();
		this.clock.advance(40);
		assertThat(this.events).containsExactly("ping");
		timer.confirm();
		this.clock.advance(39);
		assertThat(this.events).containsExactly("ping");
		this.clock.advance(1);
		assertThat(this.events).containsExactly("ping", "ping");
		this.clock.advance(10);
		assertThat(this.events).containsExactly("ping", "ping", "hangup");
	}

	@Test
	void aPingNotBeforeTheHangupIsLeftOut() {
		timer(50, 50).start();
		this.clock.advance(100);
		assertThat(this.events).containsExactly("hangup");
	}

	@Test
	void withoutHangupItIsOff() {
		timer(10, 0).start();
		assertThat(this.clock.timers()).isZero();
	}

	@Test
	void stops() {
		ValidityTimer timer = timer(10, 20);
		timer.start();
		timer.stop();
		assertThat(this.clock.timers()).isZero();
		timer.start();
		this.clock.advance(10);
		assertThat(this.events).containsExactly("ping");
	}

	@Test
	void keepsTheSystemAwakeWhileASignOfLifeIsOverdue() {
		ValidityTimer timer = timer(40, 50);
		timer.start();
		this.clock.advance(39);
		assertThat(this.held).isEmpty();
		this.clock.advance(1);
		assertThat(this.held).containsExactly("test-1");
		assertThat(this.events).containsExactly("ping");
		timer.confirm();
		assertThat(this.held).isEmpty();
		this.clock.advance(45);
		assertThat(this.held).containsExactly("test-1");
		this.clock.advance(5);
		assertThat(this.events).containsExactly("ping", "ping", "hangup");
		assertThat(this.held).isEmpty();
		timer.start();
		this.clock.advance(40);
		assertThat(this.held).containsExactly("test-1");
		timer.stop();
		assertThat(this.held).isEmpty();
		assertThat(this.acquired).isEqualTo(3);
	}

	@Test
	void staysAwakeForAHangupWithoutPing() {
		timer(0, 50).start();
		this.clock.advance(50);
		assertThat(this.events).containsExactly("hangup");
		assertThat(this.acquired).isEqualTo(1);
		assertThat(this.held).isEmpty();
	}

	private WakeLock.Held acquire(String stream) {
		this.acquired++;
		this.held.add(stream);
		return () -> assertThat(this.held.remove(stream)).isTrue();
	}

	private ValidityTimer timer(int ping, int hangup) {
		RetryPolicy retry = new RetryPolicy("test", List.of(), 0, 0, Duration.ofSeconds(ping),
				Duration.ofSeconds(hangup));
		return new ValidityTimer(this.clock, retry, () -> this.events.add("ping"), () -> this.events.add("hangup"),
				this::acquire, "test-1");
	}

	/**
	 * A clock moved by hand, in seconds.
	 */
	private static final class Clock implements StreamExecutor {

		private final List<Entry> entries = new ArrayList<>();

		private long millis;

		void advance(int seconds) {
			long until = this.millis + seconds * 1000L;
			while (true) {
				Entry next = null;
				for (Entry entry : this.entries) {
					if (entry.due <= until && (next == null || entry.due < next.due)) {
						next = entry;
					}
				}
				if (next == null) {
					this.millis = until;
					return;
				}
				this.millis = next.due;
				this.entries.remove(next);
				next.task.run();
			}
		}

		int timers() {
			return this.entries.size();
		}

		@Override
		public boolean inContext() {
			return true;
		}

		@Override
		public void execute(Runnable task) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Timer schedule(Runnable task, long delayMillis) {
			Entry entry = new Entry(task, this.millis + delayMillis);
			this.entries.add(entry);
			return () -> this.entries.remove(entry);
		}

		@Override
		public long nanoTime() {
			return this.millis * 1_000_000;
		}

		@Override
		public long epochMillis() {
			return this.millis;
		}

		private record Entry(Runnable task, long due) {
		}

	}

}
