package io.securestreams.transport.websocket;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.ProxiedStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class WebSocketThroughProxyTests extends ProxiedStreamContract {

	WebSocketThroughProxyTests(String transport) {
		super(WebSocketEchoService.SUBJECT, transport);
	}

}
