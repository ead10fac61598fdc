package io.securestreams.demo.server;

import io.securestreams.spring.annotation.OnReceive;
import io.securestreams.spring.annotation.SecureStreamHandler;
import io.securestreams.stream.SecureStream;

/**
 * Raw bytes back and forth.
 */
@SecureStreamHandler("echo")
class Echo {

	@OnReceive
	void received(byte[] bytes, SecureStream stream) {
		// A client that does not read is not read from
		stream.pauseReceiving();
		stream.send(bytes).whenComplete((sent, failure) -> stream.resumeReceiving());
	}

}
