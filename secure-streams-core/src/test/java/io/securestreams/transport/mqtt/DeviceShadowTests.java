package io.securestreams.transport.mqtt;

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

}
