package io.securestreams.transport.mqtt;

import io.securestreams.transport.contract.FaultContract;

class MqttFaultTests extends FaultContract {

	MqttFaultTests() {
		super(MqttEchoService.SUBJECT);
	}

}
