package io.securestreams.transport.mqtt;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class MqttContractTests extends NetworkStreamContract {

	MqttContractTests(String transport) {
		super(MqttEchoService.SUBJECT, transport);
	}

}
