package io.securestreams.transport.mqtt;

import java.nio.file.Path;
import java.util.List;

import io.securestreams.transport.contract.EchoService;
import io.securestreams.transport.contract.Subject;

/**
 * A broker, which sends back what is published to those who have subscribed to it.
 */
final class MqttEchoService {

	static final Subject SUBJECT = new Subject(
			"\"protocol\": \"mqtt\", \"mqtt_topic\": \"echo/${self}\", \"mqtt_subscribe\": \"echo/${self}\", \"mqtt_qos\": 1",
			Subject.PING, List.of(), false, MqttEchoService::start, List.of("self"), true);

	private MqttEchoService() {
	}

	private static EchoService start(Path directory) throws Exception {
		EmbeddedBroker broker = new EmbeddedBroker(directory);
		return EchoService.of(broker.port(), broker);
	}

}
