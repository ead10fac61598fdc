package io.securestreams.transport.websocket;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class WebSocketContractTests extends NetworkStreamContract {

	WebSocketContractTests(String transport) {
		super(WebSocketEchoService.SUBJECT, transport);
	}

}
