package io.securestreams.transport.mqtt;

import java.util.ArrayList;
import java.util.List;

import io.securestreams.limits.MqttLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams that ask device shadows of AWS IoT.
 */
class DeviceShadowTests extends SessionHarness {

	@ParameterizedTest
	@CsvSource({ "true, $aws/things/lamp/shadow/update, 2", "true, $aws/things/lamp/shadow/name/night/get, 2",
			"true, $aws/things/lamp/shadow/other, 0", "true, lamp/shadow/get, 0",
			"false, $aws/things/lamp/shadow/update, 0" })
	void answersOfDeviceShadowsAreSubscribedToBeforeAnythingIsPublished(boolean aws, String topic, int filters) {
		start(type("shadow", "\"aws_iot\": " + aws + ", \"mqtt_qos\": 1, \"mqtt_topic\": \""
				+ topic.replace("lamp", "${topic}") + "\""));
		Recorder shadow = new Recorder();
		shadow.stream = this.engine.create("shadow", shadow);
		shadow.stream.metadata().set("topic", "lamp");
		shadow.send("{}");
		this.executor.run();
		if (filters == 0) {
			assertThat(this.broker.log).noneMatch((each) -> each.startsWith("SUBSCRIBE"));
			return;
		}
		assertThat(this.broker.log).containsExactly("CONNECT", "SUBSCRIBE " + topic + "/accepted 1",
				"SUBSCRIBE " + topic + "/rejected 1", "PUBLISH 3 " + topic + ": {}");
		this.executor.inside(() -> this.broker.distribute(topic + "/rejected", "why"));
		assertThat(shadow.received).containsExactly(topic + "/rejected why");
	}

	private static final String GET = "$aws/things/lamp/shadow/get";

	private Recorder shadow(int version, int qos) {
		start(MqttLimits.builder().slotCapacity(3).build(),
				policy(type("shadow",
						"\"aws_iot\": true, \"mqtt_qos\": " + qos + ", \"mqtt_version\": " + version
								+ ", \"mqtt_topic\": \"$aws/things/${thing}/shadow/get\"")
					.replace("{ \"topic\": \"\" }", "{ \"topic\": \"\" }, { \"thing\": \"\" }")));
		Recorder shadow = new Recorder();
		shadow.stream = this.engine.create("shadow", shadow);
		shadow.stream.metadata().set("thing", "lamp");
		this.executor.run();
		return shadow;
	}

	private List<String> subscribing() {
		return this.broker.log.stream().filter((each) -> each.contains("SUBSCRIBE")).toList();
	}

	private static List<String> asked(String topic, int qos) {
		return List.of("SUBSCRIBE " + topic + "/accepted " + qos, "SUBSCRIBE " + topic + "/rejected " + qos);
	}

	private static List<String> given(String topic) {
		return List.of("UNSUBSCRIBE " + topic + "/accepted", "UNSUBSCRIBE " + topic + "/rejected");
	}

	@ParameterizedTest
	@CsvSource({ "3, 0", "3, 1", "5, 1", "3, 2", "5, 2" })
	void whereTheAnswerComesIsListenedToUntilItHasCome(int version, int qos) {
		Recorder shadow = shadow(version, qos);
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			shadow.send("{ \"i\": " + i + " }");
			settle();
			expected.addAll(asked(GET, qos));
			assertThat(subscribing()).isEqualTo(expected);
			this.executor.inside(() -> this.broker.distribute(GET + "/accepted", "on"));
			settle();
			expected.addAll(given(GET));
			assertThat(subscribing()).isEqualTo(expected);
		}
		assertThat(shadow.received).containsExactly(GET + "/accepted on", GET + "/accepted on", GET + "/accepted on");
		assertThat(shadow.acknowledged).hasSize(3);
		this.executor.advance(100_000);
		assertThat(subscribing()).isEqualTo(expected);
		assertThat(shadow.events).doesNotContain("DISCONNECTED");
	}

	@Test
	void eachOfSeveralMessagesHasAnAnswer() {
		Recorder shadow = shadow(3, 1);
		shadow.send("one");
		shadow.send("two");
		settle();
		this.executor.inside(() -> this.broker.distribute(GET + "/accepted", "a"));
		settle();
		assertThat(subscribing()).isEqualTo(asked(GET, 1));
		this.executor.inside(() -> this.broker.distribute(GET + "/rejected", "b"));
		settle();
		assertThat(subscribing()).endsWith(given(GET).toArray(String[]::new));
		assertThat(shadow.received).containsExactly(GET + "/accepted a", GET + "/rejected b");
	}

	@Test
	void anAnswerIsNotWaitedForLongerThanAMinute() {
		Recorder shadow = shadow(3, 1);
		shadow.send("{}");
		this.executor.run();
		this.executor.advance(59_000);
		assertThat(subscribing()).isEqualTo(asked(GET, 1));
		this.executor.advance(1_100);
		assertThat(subscribing()).endsWith(given(GET).toArray(String[]::new));
		assertThat(shadow.events).endsWith("CONNECTED", "QOS_ACK_REMOTE");
		shadow.send("{}");
		this.executor.run();
		assertThat(subscribing()).hasSize(6);
		assertThat(this.broker.accepted).hasSize(2);
	}

	@Test
	void anotherDeviceHasAnswersOfItsOwn() {
		Recorder shadow = shadow(3, 1);
		shadow.send("one");
		settle();
		shadow.stream.metadata().set("thing", "door");
		shadow.send("two");
		settle();
		String door = "$aws/things/door/shadow/get";
		assertThat(this.broker.log).containsSubsequence("SUBSCRIBE " + GET + "/accepted 1",
				"PUBLISH 3 " + GET + ": one", "SUBSCRIBE " + door + "/accepted 1", "SUBSCRIBE " + door + "/rejected 1",
				"PUBLISH 6 " + door + ": two");
		this.executor.inside(() -> this.broker.distribute(door + "/accepted", "open"));
		settle();
		assertThat(subscribing()).endsWith(given(door).toArray(String[]::new));
	}

	@ParameterizedTest
	@CsvSource({ "0", "1", "2" })
	void nothingIsPublishedBeforeTheBrokerHasGrantedThat(int qos) {
		Recorder shadow = shadow(3, qos);
		this.broker.silent = true;
		shadow.send("first");
		shadow.send("second");
		settle();
		shadow.stream.requestTx();
		settle();
		assertThat(this.broker.topics).isEmpty();
		this.broker.silent = false;
		this.executor.inside(() -> {
			this.broker.keptBack.forEach(Runnable::run);
			this.broker.keptBack.clear();
		});
		settle();
		assertThat(this.broker.accepted).containsExactly(GET + ": first", GET + ": second");
		assertThat(shadow.acknowledged).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "0", "1", "2" })
	void whatWaitsWhenTheConnectionIsLostIsRejected(int qos) {
		Recorder shadow = shadow(3, qos);
		this.broker.silent = true;
		shadow.send("first");
		settle();
		this.broker.silent = false;
		this.broker.keptBack.clear();
		this.executor.inside(() -> this.broker.lose(wire()));
		settle();
		assertThat(this.broker.accepted).isEmpty();
		assertThat(shadow.rejected).containsExactly(1L);
		shadow.send("second");
		settle();
		assertThat(this.broker.accepted).containsExactly(GET + ": second");
		this.executor.inside(() -> this.broker.distribute(GET + "/accepted", "on"));
		settle();
		assertThat(shadow.received).containsExactly(GET + "/accepted on");
		shadow.send("third");
		settle();
		shadow.stream.close();
		this.executor.advance(100_000);
		assertThat(shadow.events).endsWith("DISCONNECTED", "DESTROYING");
	}

}
