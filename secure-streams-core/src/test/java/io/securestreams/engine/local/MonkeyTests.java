package io.securestreams.engine.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.engine.stream.StateRules;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamClosedException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.Suspension;
import io.securestreams.stream.TxSlot;
import io.securestreams.testing.FakeTransport;
import io.securestreams.testing.StreamPolicies;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random operations, inside and outside of callbacks, against random reports. Whatever
 * happens, what is announced follows the rules, callbacks do not overlap, nothing comes
 * after the end, the transport is used as agreed and no buffer is lost.
 */
class MonkeyTests {

	private static final int STEPS = 60000;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
			26, 27, 28, 29, 30 })
	void client(long seed) {
		Random random = new Random(seed);
		StreamPolicies policy = policy(random);
		EngineFixture fixture = EngineFixture.with(policy);
		fixture.network.prepare = (transport) -> {
			transport.onConnect = () -> reports(transport, random, random.nextInt(4));
			transport.onWrite = () -> reports(transport, random, random.nextInt(2));
		};
		for (int stream = 0; stream < 6; stream++) {
			Monkey monkey = new Monkey(random, fixture);
			SecureStream secureStream = fixture.engine().create(EngineFixture.TYPE, monkey);
			for (int step = 0; step < STEPS / 6 && !secureStream.isClosed(); step++) {
				step(fixture, monkey, secureStream, random);
			}
			secureStream.close();
			fixture.loop.run();
			monkey.assertOver();
		}
		// The last suspensions end
		fixture.loop.advance(1500);
		fixture.loop.assertIdle();
		assertThat(fixture.engine().streams()).isEmpty();
		assertThat(fixture.network.transports).noneMatch(FakeTransport::isBusy);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void accepted(long seed) {
		Random random = new Random(seed);
		EngineFixture fixture = EngineFixture.with(policy(random).server());
		List<Monkey> monkeys = new ArrayList<>();
		fixture.engine().listen(EngineFixture.TYPE, () -> {
			Monkey monkey = new Monkey(random, fixture);
			monkeys.add(monkey);
			return monkey;
		});
		for (int stream = 0; stream < 30; stream++) {
			@Nullable FakeTransport[] accepted = new FakeTransport[1];
			fixture.loop.inside(() -> accepted[0] = fixture.network.accept(fixture.loop));
			Monkey monkey = monkeys.get(monkeys.size() - 1);
			FakeTransport transport = accepted[0];
			if (transport != null) {
				transport.onWrite = () -> reports(transport, random, random.nextInt(2));
				for (int step = 0; step < STEPS / 30 && transport.isBusy(); step++) {
					fixture.loop.inside(() -> {
						if (random.nextInt(4) == 0 && transport.isBusy()) {
							transport.acceptedLink().transaction();
						}
						reports(transport, random, 1);
					});
					fixture.loop.advance(random.nextInt(100));
				}
				fixture.loop.inside(() -> transport.lose());
			}
			fixture.engine().streams().forEach(SecureStream::close);
			fixture.loop.run();
			monkey.assertOver();
		}
		assertThat(fixture.engine().streams()).isEmpty();
		fixture.engine().shutdown(Duration.ZERO);
		fixture.loop.advance(1500);
		fixture.loop.assertIdle();
	}

	private static StreamPolicies policy(Random random) {
		StreamPolicies policy = StreamPolicies.named(EngineFixture.TYPE)
			.perf()
			.metadata("host", "")
			.endpoint((random.nextInt(3) == 0) ? "${host}" : "peer.example", 80)
			.retry(switch (random.nextInt(3)) {
				case 0 -> RetryPolicy.NONE;
				case 1 -> StreamPolicies.retry(2, 50, 100);
				default -> StreamPolicies.retry(RetryPolicy.CONCEAL_FOREVER, 10);
			});
		switch (random.nextInt(4)) {
			case 0 -> policy.http("POST");
			case 1 -> policy.ws();
			case 2 -> policy.mqtt();
			default -> {
			}
		}
		if (random.nextBoolean()) {
			policy.opportunistic();
		}
		if (random.nextBoolean()) {
			policy.nailedUp();
		}
		return policy;
	}

	private static void step(EngineFixture fixture, Monkey monkey, SecureStream stream, Random random) {
		switch (random.nextInt(5)) {
			case 0 -> monkey.operate(stream, false);
			case 1 -> fixture.loop.inside(() -> monkey.operate(stream, false));
			case 2 -> fixture.loop.advance(random.nextInt(200));
			case 3 -> fixture.engine()
				.updatePolicy((current) -> random.nextInt(20) == 0 ? StreamPolicies.policy(policy(random)) : current);
			default -> {
			}
		}
		fixture.loop.run();
		if (!fixture.network.transports.isEmpty()) {
			fixture.loop.inside(() -> reports(fixture.network.last(), random, random.nextInt(3)));
		}
	}

	private static void reports(FakeTransport transport, Random random, int count) {
		for (int i = 0; i < count && transport.isBusy(); i++) {
			switch (random.nextInt(12)) {
				case 0, 1 -> transport.connected();
				case 2, 3 -> transport.receive("payload", random.nextInt(4));
				case 4, 5 -> transport.writable(1 + random.nextInt(10));
				case 6, 7 -> answer(transport, random);
				case 8 -> transport.complete();
				case 9 -> transport.lose(new StreamFailure(StreamFailure.Phase.CONNECTION, "monkey", "", null, false,
						random.nextBoolean() ? Duration.ofMillis(random.nextInt(500)) : null)
					.withRepeatable(random.nextBoolean()));
				case 10 -> transport.clientLink().userState(1000 + random.nextInt(2));
				default -> transport.link().timings(new ConnectionTimings(null, 0, 0, 0, 0, 0, List.of(), null, 0));
			}
		}
	}

	/** A server's peers do not answer it. */
	private static void answer(FakeTransport transport, Random random) {
		if (transport.link().policy().role() == StreamPolicy.Role.SERVER) {
			return;
		}
		if (random.nextBoolean()) {
			transport.accepted(random.nextInt(5));
		}
		else {
			transport.rejected(random.nextInt(5));
		}
	}

	/** Records, checks and joins in. */
	private static final class Monkey implements StreamHandler {

		private final Random random;

		private final EngineFixture fixture;

		private final List<StreamState> states = new ArrayList<>();

		private final StringBuilder defects = new StringBuilder();

		private boolean inside;

		private boolean over;

		Monkey(Random random, EngineFixture fixture) {
			this.random = random;
			this.fixture = fixture;
		}

		void assertOver() {
			assertThat(this.defects).isEmpty();
			assertThat(this.states).startsWith(StreamState.CREATING).endsWith(StreamState.DESTROYING);
			assertThat(this.states).filteredOn(StreamState.CONNECTED::equals)
				.hasSameSizeAs(this.states.stream().filter(StreamState.DISCONNECTED::equals).toList());
			@Nullable StreamState last = null;
			int connected = 0;
			for (StreamState state : this.states) {
				assertThat(StateRules.allows(last, state)).as("%s after %s in %s", state, last, this.states).isTrue();
				last = state;
				connected += (state == StreamState.CONNECTED) ? 1 : (state == StreamState.DISCONNECTED) ? -1 : 0;
				assertThat(connected).isBetween(0, 1);
			}
		}

		void operate(SecureStream stream, boolean inCallback) {
			switch (this.random.nextInt(inCallback ? 15 : 21)) {
				case 0, 1, 2 -> stream.requestTx();
				case 3 -> stream.requestTx(this.random.nextInt(20));
				case 4, 5 -> stream.connect();
				case 6 -> stream.send("a message".substring(this.random.nextInt(9)).getBytes(StandardCharsets.UTF_8));
				case 7 -> stream.pauseReceiving();
				case 8, 9 -> stream.resumeReceiving();
				case 10 -> stream.startTimeout(Duration.ofMillis(1 + this.random.nextInt(200)));
				case 11 -> stream.cancelTimeout();
				case 12 -> {
					if (this.random.nextInt(4) == 0) {
						stream.disconnect();
					}
				}
				case 13 -> {
					if (this.random.nextInt(20) == 0) {
						stream.close();
					}
				}
				case 14 -> suspend(stream);
				case 15 -> stream.grantCredit(1);
				case 16 -> stream.confirmValidity();
				case 17 -> acknowledge(stream);
				case 18 -> {
					if (stream.policy().metadata().size() == 1) {
						stream.metadata().set("host", this.random.nextBoolean() ? "" : "host.example");
					}
				}
				case 19 -> stream.hangUp();
				default -> stream.snapshot();
			}
		}

		/** As if a handler on another thread was behind for a while. */
		private void suspend(SecureStream stream) {
			Suspension suspension = this.random.nextBoolean() ? stream.suspendReceiving() : stream.suspendConnecting();
			int millis = this.random.nextInt(1500);
			if (this.fixture.loop.inContext()) {
				this.fixture.loop.schedule(suspension::close, millis);
			}
			else {
				this.fixture.loop.inside(() -> this.fixture.loop.schedule(suspension::close, millis));
			}
		}

		/** Once is enough. */
		private static void acknowledge(SecureStream stream) {
			try {
				stream.acknowledge();
			}
			catch (IllegalStateException | StreamClosedException ex) {
				assertThat(ex).hasMessageContaining(stream.id());
			}
		}

		private void join(SecureStream stream, Runnable action) {
			if (this.inside) {
				this.defects.append("re-entered\n");
			}
			if (this.over) {
				this.defects.append("called after the end\n");
			}
			this.inside = true;
			try {
				action.run();
				for (int i = this.random.nextInt(3); i > 0; i--) {
					operate(stream, true);
				}
				if (this.random.nextInt(10) == 0 && !this.fixture.network.transports.isEmpty()) {
					// What another stream of the same connection may cause
					reports(this.fixture.network.last(), this.random, this.random.nextInt(3));
				}
				if (this.random.nextInt(60) == 0) {
					throw new MonkeyException();
				}
			}
			finally {
				this.inside = false;
			}
		}

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			try {
				join(stream, () -> {
					if (stream.state() != state) {
						this.defects.append(stream.state()).append(" instead of ").append(state).append('\n');
					}
				});
			}
			finally {
				this.over |= state == StreamState.DESTROYING;
			}
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			join(stream, () -> {
				if (!payload.isPerf() && !payload.text().equals("payload")) {
					this.defects.append("changed: ").append(payload.text()).append('\n');
				}
			});
		}

		@Override
		public void onWritable(SecureStream stream, TxSlot slot) {
			join(stream, () -> {
				switch (this.random.nextInt(5)) {
					case 0 -> slot.write("x");
					case 1 -> slot.write("x").end();
					case 2 -> slot.transfer(Unpooled.copiedBuffer("y", StandardCharsets.UTF_8)).end();
					case 3 -> slot.buffer();
					default -> {
					}
				}
			});
		}

		@Override
		public void onUserState(SecureStream stream, int userState) {
			join(stream, () -> {
			});
		}

		@Override
		public void onPerf(SecureStream stream, ConnectionTimings timings) {
			join(stream, () -> {
			});
		}

	}

	private static final class MonkeyException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		MonkeyException() {
			super("monkey", null, false, false);
		}

	}

}
