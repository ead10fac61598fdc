package io.securestreams.transport.websocket;

import io.securestreams.transport.contract.FaultContract;

class WebSocketFaultTests extends FaultContract {

	WebSocketFaultTests() {
		super(WebSocketEchoService.SUBJECT);
	}

}
