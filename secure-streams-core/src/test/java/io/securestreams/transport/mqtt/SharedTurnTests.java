package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.limits.MqttLimits;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams that end, and end others, in the turn in which others have written: of each
 * message its sender hears.
 */
class SharedTurnTests extends SessionHarness {

	private static final MqttLimits TINY = MqttLimits.builder().slotCapacity(3).maxCollected(10).maxInFlight(3).build();

	private static String keys(String topic, int qos, boolean clean, int version) {
		return "\"mqtt_topic\": \"" + topic + "\", \"mqtt_qos\": " + qos + ", \"mqtt_clean_start\": " + clean
				+ ", \"mqtt_version\": " + version;
	}

	private Actor actor(String type, String name) {
		Actor actor = new Actor(name);
		actor.stream = this.engine.create(type, actor);
		this.executor.run();
		return actor;
	}

	private static void end(SecureStream stream, String how) {
		switch (how) {
			case "hangUp" -> stream.hangUp();
			case "disconnect" -> stream.disconnect();
			default -> stream.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "0,true,hangUp", "1,true,hangUp", "2,true,hangUp", "0,false,disconnect", "1,false,disconnect",
			"2,false,disconnect", "0,false,close", "1,true,close", "2,true,disconnect" })
	void whatWasWrittenBeforeALongMessageIsBrokenOffIsTold(int qos, boolean clean, String how) {
		start(TINY, policy(type("out", keys("t", qos, clean, 3)), type("long", keys("u", 0, clean, 3))));
		Actor out = actor("out", "o");
		Actor longer = actor("long", "l");
		out.onSlot = out::whole;
		longer.onSlot = (slot) -> {
			slot.write("abc");
			end(longer.stream, how);
		};
		this.executor.inside(() -> {
			out.stream.requestTx();
			longer.stream.requestTx(14);
		});
		assertThat(out.told).endsWith("DISCONNECTED");
		settle();
		assertThat(out.verdicts).containsOnlyKeys(0L);
		assertThat(out.verdicts.get(0L)).containsExactly(!clean && qos > 0);
		assertThat(this.broker.accepted).hasSize((!clean && qos > 0) ? 1 : 0);
	}

	@Test
	void whoIsTakenBackByAnotherWhenTheConnectionIsLostIsNotLostAgain() {
		start(type("one", keys("t", 0, false, 3)), type("two", keys("u", 0, false, 3)));
		Actor one = actor("one", "1");
		Actor two = actor("two", "2");
		one.onDisconnected = () -> {
			two.stream.disconnect();
			two.stream.connect();
		};
		two.told.clear();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(two.told).containsExactly("DISCONNECTED", "CONNECTING", "CONNECTED");
		assertThat(one.told).endsWith("CONNECTED");
		assertThat(this.broker.connections()).isEqualTo(2);
		one.onDisconnected = () -> {
		};
		one.stream.close();
		two.stream.close();
		this.executor.run();
		assertThat(this.broker.log).endsWith("DISCONNECT");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void whoGoesToAnotherBrokerIsToldOfWhatItLeavesBehind(int qos) {
		this.blobs.set(SystemBlobs.Blob.MQTT_CLIENT_ID, (byte[]) null);
		start(type("out", keys("t", qos, true, 3)));
		Actor out = actor("out", "o");
		this.broker.silent = true;
		wire().slow = true;
		out.onSlot = out::whole;
		out.stream.requestTx();
		this.executor.run();
		assertThat(out.verdicts).isEmpty();
		this.blobs.set(SystemBlobs.Blob.MQTT_USERNAME, "other");
		this.executor.inside(() -> this.broker.lose(wire()));
		this.broker.silent = false;
		settle();
		assertThat(out.told).endsWith("CONNECTED");
		assertThat(out.verdicts).containsEntry(0L, List.of(false));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void whoGoesToAnotherBrokerWithThePolicyIsToldOfWhatItLeavesBehind(int qos) {
		this.blobs.set(SystemBlobs.Blob.MQTT_CLIENT_ID, (byte[]) null);
		String type = type("out", keys("t", qos, true, 3));
		start(type);
		Actor out = actor("out", "o");
		this.broker.silent = true;
		wire().slow = true;
		out.onSlot = out::whole;
		out.stream.requestTx();
		this.executor.run();
		this.engine.updatePolicy((before) -> policy(type.replace("1883", "1884")));
		this.executor.inside(() -> this.broker.lose(wire()));
		this.broker.silent = false;
		settle();
		assertThat(out.told).endsWith("CONNECTED");
		assertThat(out.verdicts).containsEntry(0L, List.of(false));
	}

	@ParameterizedTest
	@CsvSource({ "3,true", "3,false", "5,true", "5,false" })
	void whateverStreamsOfOneConnectionDoEachMessageHasOneVerdict(int version, boolean clean) {
		for (int seed = 0; seed < 40; seed++) {
			this.broker = new ModelBroker(this.executor);
			new Chaos(seed, version, clean).run();
			end();
		}
	}

	/** Does at random what handlers may do. */
	private final class Chaos {

		private final Random random;

		private final String where;

		private final List<Actor> all = new ArrayList<>();

		private boolean calm;

		Chaos(int seed, int version, boolean clean) {
			this.random = new Random(seed);
			this.where = "seed " + seed + " version " + version + " clean " + clean;
			start(TINY, policy(type("q0", keys("t", 0, clean, version)), type("q1", keys("t", 1, clean, version)),
					type("q2", keys("t", 2, clean, version))));
			for (int i = 0; i < 5; i++) {
				Actor actor = actor("q" + i % 3, i + ".");
				this.all.add(actor);
				actor.onSlot = (slot) -> fill(actor, slot);
			}
		}

		private void fill(Actor actor, TxSlot slot) {
			int choice = this.random.nextInt(10);
			if (this.calm || choice < 6) {
				actor.whole(slot);
			}
			else if (choice == 6 && !actor.inside) {
				// Long, and broken off now and then
				actor.inside = true;
				slot.write("abc");
				actor.stream.requestTx(12);
			}
			else {
				actor.whole(slot);
			}
			if (!this.calm && this.random.nextInt(4) == 0) {
				Actor other = this.all.get(this.random.nextInt(this.all.size()));
				end(other.stream, this.random.nextBoolean() ? "hangUp" : "disconnect");
				if (this.random.nextBoolean()) {
					other.stream.connect();
				}
			}
		}

		void run() {
			for (int step = 0; step < 60; step++) {
				this.executor().inside(() -> {
					for (Actor actor : this.all) {
						if (this.random.nextBoolean()) {
							actor.ask(this.random.nextInt(3) == 0 ? 12 : 0);
						}
					}
				});
				switch (this.random.nextInt(12)) {
					case 0 -> {
						ModelBroker.FakeWire current = SharedTurnTests.this.broker.wire;
						if (current != null && !current.closed) {
							this.executor().inside(() -> SharedTurnTests.this.broker.lose(current));
						}
					}
					case 1 -> SharedTurnTests.this.broker.silent = !SharedTurnTests.this.broker.silent;
					case 2 -> release();
					case 3 -> this.executor().advance(200);
					default -> {
					}
				}
			}
			this.calm = true;
			SharedTurnTests.this.broker.silent = false;
			release();
			settle();
			for (Actor actor : this.all) {
				actor.stream.connect();
			}
			settle();
			settle();
			for (Actor actor : this.all) {
				assertThat(actor.told).as(this.where).endsWith("CONNECTED");
				assertThat(actor.verdicts.keySet()).as(this.where + " " + actor.name + " " + actor.told)
					.containsExactlyElementsOf(actor.written.keySet());
				actor.verdicts.forEach((ordinal, verdicts) -> {
					assertThat(verdicts).as(this.where + " " + actor.name + ordinal).hasSize(1);
					if (verdicts.get(0)) {
						assertThat(SharedTurnTests.this.broker.accepted).as(this.where)
							.contains("t: " + actor.written.get(ordinal));
					}
				});
			}
		}

		private void release() {
			while (!SharedTurnTests.this.broker.keptBack.isEmpty()) {
				this.executor().inside(SharedTurnTests.this.broker.keptBack.remove());
			}
		}

		private io.securestreams.testing.ManualExecutor executor() {
			return SharedTurnTests.this.executor;
		}

	}

	/** A handler that does what the test says. */
	private static final class Actor implements StreamHandler {

		final List<String> told = new ArrayList<>();

		/** What each message that was given whole said. */
		final Map<Long, String> written = new TreeMap<>();

		final Map<Long, List<Boolean>> verdicts = new TreeMap<>();

		final String name;

		SecureStream stream;

		Consumer<TxSlot> onSlot = (slot) -> {
		};

		Runnable onDisconnected = () -> {
		};

		/** In the middle of a message. */
		boolean inside;

		Actor(String name) {
			this.name = name;
		}

		void ask(int length) {
			if (length > 0 && !this.inside) {
				this.stream.requestTx(length);
			}
			else {
				this.stream.requestTx();
			}
		}

		/** What is given is the end of a message. */
		void whole(TxSlot slot) {
			String text = String.valueOf(slot.ordinal());
			slot.write(text.getBytes(StandardCharsets.UTF_8)).end();
			this.written.put(slot.ordinal(), this.inside ? "abc" + text : text);
			this.inside = false;
		}

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			switch (state) {
				case QOS_ACK_REMOTE, QOS_NACK_REMOTE ->
					this.verdicts.computeIfAbsent(ordinal, (key) -> new ArrayList<>())
						.add(state == StreamState.QOS_ACK_REMOTE);
				case DISCONNECTED -> {
					this.told.add(state.name());
					this.inside = false;
					this.onDisconnected.run();
				}
				default -> this.told.add(state.name());
			}
		}

		@Override
		public void onWritable(SecureStream self, TxSlot slot) {
			this.onSlot.accept(slot);
		}

	}

}
