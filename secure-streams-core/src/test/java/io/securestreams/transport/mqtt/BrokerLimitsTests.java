package io.securestreams.transport.mqtt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an MQTT 5 broker says of itself, and values that are missing.
 */
class BrokerLimitsTests extends SessionHarness {

	private static byte[] bytes(String hex) {
		return java.util.HexFormat.of().parseHex(hex);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '!', delimiter = ';',
			value = { "2401; \"mqtt_topic\": \"t\", \"mqtt_qos\": 2; QoS 1 at most",
					"2500; \"mqtt_topic\": \"t\", \"mqtt_retain\": true; does not retain",
					"2800; \"mqtt_subscribe\": \"t/#\"; no wildcards: t/#",
					"2a00; \"mqtt_subscribe\": \"$share/g/t\"; no shared subscriptions",
					"2400; \"mqtt_topic\": \"t\", \"mqtt_birth_topic\": \"b\", \"mqtt_birth_qos\": 1; mqtt_birth_qos" })
	void whatTheBrokerDoesNotDoIsToldInsteadOfTried(String greeting, String keys, String words) {
		this.broker.greeting = bytes(greeting);
		start(type("x", "\"mqtt_version\": 5, " + keys), type("fine", "\"mqtt_version\": 5, \"mqtt_topic\": \"f\""));
		Recorder fine = create("fine");
		Recorder x = create("x");
		assertThat(x.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(x.failures.get(0)).contains(words);
		assertThat(fine.events).containsExactly("CREATING", "CONNECTING", "CONNECTED");
	}

	/** Streams would be connected, and wait for ever. */
	@ParameterizedTest
	@CsvSource({ "210000, receive maximum", "2700000000, maximum packet size" })
	void aBrokerThatTakesNothingIsLeft(String greeting, String limit) {
		this.broker.greeting = bytes(greeting);
		start(type("x", "\"mqtt_version\": 5, \"mqtt_qos\": 1, \"mqtt_topic\": \"t\""));
		Recorder x = create("x");
		x.send("m");
		assertThat(x.events).containsExactly("CREATING", "CONNECTING", "UNREACHABLE");
		assertThat(x.failures.get(0))
			.startsWith("PROTOCOL model: the broker broke the protocol: CONNACK with a " + limit + " of 0");
		this.broker.greeting = new byte[0];
		settle();
		assertThat(this.broker.accepted).containsExactly("t: m");
	}

	@Test
	void noMoreAreUnderWayThanTheBrokerTakes() {
		this.broker.greeting = bytes("210002");
		this.broker.silent = true;
		start(type("x", "\"mqtt_version\": 5, \"mqtt_qos\": 1, \"mqtt_topic\": \"t\""));
		Recorder x = create("x");
		for (int i = 0; i < 5; i++) {
			x.send("m" + i);
		}
		this.executor.run();
		assertThat(this.broker.accepted).hasSize(2);
	}

	@Test
	void noMoreOfQos2AreUnderWayThanBrokersOfVersion3TakeUnlessTold() {
		this.broker.silent = true;
		start(type("x", "\"mqtt_qos\": 2, \"mqtt_topic\": \"t\""), type("y", "\"mqtt_qos\": 1, \"mqtt_topic\": \"u\""));
		Recorder x = create("x");
		Recorder y = create("y");
		for (int i = 0; i < 30; i++) {
			x.send("m" + i);
			y.send("n" + i);
		}
		this.executor.run();
		// Those of QoS 1 do not wait for them
		assertThat(this.broker.accepted).hasSize(50);
	}

	@Test
	void topicsThatComeAgainAreNumbers() {
		this.broker.greeting = bytes("220005");
		start(type("x", "\"mqtt_version\": 5, \"mqtt_qos\": 1, \"mqtt_topic\": \"some/topic\""));
		Recorder x = create("x");
		for (int i = 0; i < 4; i++) {
			x.send("m" + i);
		}
		this.executor.run();
		assertThat(this.broker.topics).containsExactly("some/topic", "some/topic", "", "");
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		x.send("m4");
		this.executor.run();
		assertThat(this.broker.topics).last().isEqualTo("some/topic");
		assertThat(x.acknowledged).hasSize(5);
	}

	@Test
	void anotherServerIsNamedButNotFollowed() {
		this.broker.code = 0x9c;
		this.broker.greeting = bytes("1c00056f74686572");
		start(type("x", "\"mqtt_version\": 5, \"mqtt_topic\": \"t\""));
		Recorder x = create("x");
		assertThat(x.events).endsWith("UNREACHABLE");
		assertThat(x.failures.get(0)).startsWith("REDIRECT").contains("it names other");
		this.broker.code = 0;
		this.broker.greeting = new byte[0];
		settle();
		assertThat(x.events).endsWith("CONNECTED");
		this.executor.inside(() -> this.broker.send(0xe0, 2, 0x9d, 0));
		assertThat(x.failures).last().asString().startsWith("REDIRECT");
	}

	@Test
	void aTopicWithoutAValueIsNoTopic() {
		start(type("x", "\"mqtt_topic\": \"a/${topic}/b\", \"mqtt_qos\": 1"),
				type("in", "\"mqtt_subscribe\": \"a/${topic}/b\""));
		Recorder x = create("x");
		x.send("lost");
		this.executor.run();
		assertThat(x.rejected).containsExactly(0L);
		x.stream.metadata().set("topic", "here");
		x.send("sent");
		this.executor.run();
		assertThat(this.broker.accepted).containsExactly("a/here/b: sent");
		Recorder in = create("in");
		assertThat(in.events).doesNotContain("CONNECTED");
		assertThat(this.broker.subscriptions).isEmpty();
		assertThat(String.valueOf(in.stream.lastFailure())).contains("${topic} in a/${topic}/b has no value");
	}

}
