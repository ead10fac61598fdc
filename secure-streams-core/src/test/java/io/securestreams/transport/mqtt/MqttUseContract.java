package io.securestreams.transport.mqtt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

import io.securestreams.SecureStreams;
import io.securestreams.limits.MqttLimits;
import io.securestreams.policy.json.PolicyJson;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Does what a test says as handlers of MQTT streams, on the event loop or on a thread of
 * their own, with slots of one size or another, and on either version of MQTT, and
 * compares what they were told.
 */
@ExtendWith(SharedBroker.class)
abstract class MqttUseContract {

	private static final AtomicInteger numbers = new AtomicInteger();

	private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();

	private final int slot;

	final boolean onLoop;

	/** Longer messages are passed on if their length is announced. */
	int maxCollected = MqttLimits.DEFAULTS.maxCollected();

	/** Most that is held for a stream that is paused. */
	int maxHeld = MqttLimits.DEFAULTS.maxHeld();

	boolean clean = true;

	/** More keys of the publisher's streamtype. */
	String keys = "\"nailed_up\": true";

	MqttUseContract(int slot, boolean onLoop) {
		this.slot = slot;
		this.onLoop = onLoop;
	}

	@AfterEach
	void stop() {
		this.elsewhere.shutdownNow();
	}

	/** What is done. */
	interface Script {

		void run(Site site) throws Exception;

	}

	/** Does the same on both versions, and returns what was the same. */
	final List<String> same(int qos, Script script) throws Exception {
		List<String> first = run(3, qos, script);
		assertThat(run(5, qos, script)).as("MQTT 5 does as MQTT 3.1.1").isEqualTo(first);
		return first;
	}

	private List<String> run(int version, int qos, Script script) throws Exception {
		try (Site site = new Site(version, qos)) {
			script.run(site);
			List<String> all = new ArrayList<>();
			for (MqttUser user : site.users) {
				all.addAll(user.told());
			}
			return all;
		}
	}

	private String type(int port, String name, int version, int qos, String more) {
		return """
				{ "%s": { "endpoint": "127.0.0.1", "port": %d, "protocol": "mqtt", "retry": "r",
				  "mqtt_qos": %d, "mqtt_version": %d, "mqtt_clean_start": %s,
				  "metadata": [ { "topic": "" }, { "part": "" }, { "mqtt_client_id": "" } ], %s } }
				""".formatted(name, port, qos, version, this.clean, more);
	}

	private SecureStreams engine(String... types) {
		MqttLimits limits = MqttLimits.builder()
			.slotCapacity(this.slot)
			.maxCollected(this.maxCollected)
			.maxHeld(this.maxHeld)
			.maxInFlight(4)
			.build();
		String json = """
				{ "retry": [ { "r": { "backoff": [5], "conceal": 65535, "jitterpc": 1 } } ], "s": [ %s ] }
				""".formatted(String.join(", ", types));
		return SecureStreams.builder()
			.eventLoopThreads(1)
			.socks5(null)
			.mqtt(limits)
			.policy(PolicyJson.read(json, "test").policy())
			.build();
	}

	/** Two streams on a broker, on event loops of their own. */
	final class Site implements AutoCloseable {

		/** Those whose tale is compared, in this order. */
		final List<MqttUser> users = new ArrayList<>();

		final int qos;

		private final String base = "use" + numbers.incrementAndGet() + "/";

		private final CountingRelay toOut;

		private final CountingRelay toIn;

		private final SecureStreams publishing;

		private final SecureStreams subscribing;

		Site(int version, int qos) throws Exception {
			this.qos = qos;
			this.toOut = new CountingRelay(SharedBroker.port());
			this.toIn = new CountingRelay(SharedBroker.port());
			this.publishing = engine(type(this.toOut.port(), "out", version, qos,
					"\"mqtt_topic\": \"" + this.base + "${part}\", " + MqttUseContract.this.keys));
			this.subscribing = engine(
					type(this.toIn.port(), "in", version, qos,
							"\"mqtt_subscribe\": \"" + this.base + "#\", \"nailed_up\": true"),
					type(this.toIn.port(), "pick", version, qos,
							"\"mqtt_subscribe\": \"" + this.base + "${part}\", \"nailed_up\": true"));
		}

		/** Publishes. */
		MqttUser out() {
			return user("out");
		}

		MqttUser start(MqttUser user) {
			user.start(user.type.equals("out") ? this.publishing : this.subscribing, this.base);
			return user;
		}

		MqttUser user(String type) {
			MqttUser user = new MqttUser(type, MqttUseContract.this.onLoop, MqttUseContract.this.elsewhere);
			this.users.add(user);
			return user;
		}

		/** One whose tale is not compared. */
		MqttUser silent(String type) {
			return new MqttUser(type, true, Runnable::run);
		}

		/** Publishes. */
		MqttUser silent() {
			return silent("out");
		}

		/** Subscribes, and is connected. */
		MqttUser in() {
			return start(user("in")).await("CONNECTED");
		}

		/**
		 * Subscribes to one topic, on the connection of {@link #in()}, and is not started
		 * yet.
		 */
		MqttUser pick(String topic) {
			MqttUser user = user("pick");
			user.client = "in";
			user.topic = topic;
			return user;
		}

		/** The network breaks between the publisher and the broker. */
		void cutPublisher() throws IOException {
			this.toOut.cut();
		}

		/** The network breaks between the broker and the subscriber. */
		void cutSubscriber() throws IOException {
			this.toIn.cut();
		}

		@Override
		public void close() throws IOException {
			this.publishing.close();
			this.subscribing.close();
			this.toOut.close();
			this.toIn.close();
		}

	}

}
