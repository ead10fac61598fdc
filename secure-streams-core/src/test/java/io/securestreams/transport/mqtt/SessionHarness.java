package io.securestreams.transport.mqtt;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.local.StreamEngine;
import io.securestreams.engine.local.Transports;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.TxSlot;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.testing.ManualExecutor;
import io.securestreams.transport.mqtt.settings.MqttServices;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * Streams on a model of a broker, with time moved by hand.
 */
abstract class SessionHarness {

	final ManualExecutor executor = new ManualExecutor();

	final SystemBlobs blobs = new SystemBlobs().set(SystemBlobs.Blob.MQTT_CLIENT_ID, "client");

	@Nullable StreamEngine engine;

	@Nullable MqttTransportFactory factory;

	ModelBroker broker = new ModelBroker(this.executor);

	@AfterEach
	void stop() {
		end();
	}

	void end() {
		StreamEngine running = this.engine;
		if (running != null) {
			running.shutdown(Duration.ZERO);
			this.executor.run();
			if (this.factory != null) {
				this.factory.close();
			}
			this.executor.run();
			this.engine = null;
		}
	}

	static Policy policy(String... streamTypes) {
		return PolicyJson
			.read("""
					{ "retry": [ { "r": { "backoff": [100], "conceal": 65535, "jitterpc": 1, "svalidping": 0, "svalidhup": 0 } },
					             { "patient": { "backoff": [8000], "conceal": 65535, "jitterpc": 1, "svalidping": 0, "svalidhup": 0 } } ],
					  "s": [ %s ] }
					"""
				.formatted(String.join(", ", streamTypes)), "test")
			.policy();
	}

	static String type(String name, String keys) {
		return "{ \"" + name + "\": { \"endpoint\": \"broker\", \"port\": 1883, \"protocol\": \"mqtt\","
				+ " \"retry\": \"r\", \"nailed_up\": true, \"metadata\": [ { \"topic\": \"\" } ], " + keys + " } }";
	}

	StreamEngine start(MqttLimits limits, Policy policy) {
		end();
		MqttTransportFactory made = new MqttTransportFactory(
				new MqttServices(this.broker, this.blobs, limits, () -> 1));
		this.factory = made;
		this.engine = new StreamEngine(policy, this.executor, new Transports(List.of(made), List.of()), () -> 0,
				List.of(), null);
		return this.engine;
	}

	StreamEngine start(String... streamTypes) {
		return start(MqttLimits.DEFAULTS, policy(streamTypes));
	}

	Recorder create(String name) {
		StreamEngine running = this.engine;
		if (running == null) {
			throw new AssertionError("not started");
		}
		Recorder recorder = new Recorder();
		recorder.stream = running.create(name, recorder);
		this.executor.run();
		return recorder;
	}

	/** Writes the text as far as its slots take it, each when it is asked for. */
	Recorder create(String name, String text) {
		Recorder recorder = create(name);
		recorder.text = text;
		return recorder;
	}

	void settle() {
		for (int i = 0; i < 20; i++) {
			this.executor.advance(200);
		}
	}

	ModelBroker.FakeWire wire() {
		ModelBroker.FakeWire current = this.broker.wire;
		if (current == null) {
			throw new AssertionError("no connection");
		}
		return current;
	}

	/** Records what a handler is told. */
	static final class Recorder implements StreamHandler {

		final List<String> events = new ArrayList<>();

		final List<String> failures = new ArrayList<>();

		final List<Long> acknowledged = new ArrayList<>();

		final List<Long> rejected = new ArrayList<>();

		final List<String> received = new ArrayList<>();

		final StringBuilder message = new StringBuilder();

		/** Pauses with each message, as a handler on another thread does. */
		boolean slow;

		/** Fails at each message. */
		boolean failing;

		/** Does this with each message. */
		Consumer<SecureStream> then = (self) -> {
		};

		/** Of the last message. */
		@Nullable ByteBuf content;

		SecureStream stream;

		/** What slots are filled with. */
		String text = "";

		boolean ends;

		boolean hangsUp;

		void send(String text) {
			this.stream.send(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public void onState(SecureStream self, StreamState state, long ordinal) {
			this.events.add(state.name());
			switch (state) {
				case QOS_ACK_REMOTE -> this.acknowledged.add(ordinal);
				case QOS_NACK_REMOTE -> this.rejected.add(ordinal);
				case DISCONNECTED, UNREACHABLE -> this.failures.add(String.valueOf(self.lastFailure()));
				default -> {
				}
			}
		}

		@Override
		public void onWritable(SecureStream self, TxSlot slot) {
			slot.write(this.text.substring(0, Math.min(slot.capacity(), this.text.length())));
			if (this.ends) {
				slot.end();
			}
			if (this.hangsUp) {
				self.hangUp();
			}
		}

		@Override
		public void onReceive(SecureStream self, Payload payload) {
			if (payload.isStart()) {
				this.message.setLength(0);
				this.message.append(self.metadata().get("topic")).append(' ');
			}
			this.message.append(payload.content().readCharSequence(payload.length(), StandardCharsets.UTF_8));
			if (payload.isEnd()) {
				this.received.add(this.message.toString());
				this.content = payload.content();
				this.then.accept(self);
				if (this.failing) {
					throw new IllegalStateException("handler");
				}
				if (this.slow) {
					self.pauseReceiving();
				}
			}
		}

	}

}
