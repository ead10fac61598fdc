package io.securestreams.transport.websocket;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.ProxiedStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class WebSocketThroughMuxTests extends ProxiedStreamContract {

	WebSocketThroughMuxTests(String transport) {
		super(WebSocketEchoService.SUBJECT, transport, "mux+");
	}

}
