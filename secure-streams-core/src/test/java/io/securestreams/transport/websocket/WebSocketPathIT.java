package io.securestreams.transport.websocket;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkPathContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class WebSocketPathIT extends NetworkPathContract {

	WebSocketPathIT(String transport) {
		super(WebSocketEchoService.SUBJECT, transport);
	}

}
