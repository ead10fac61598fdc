package io.securestreams.transport.http2.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkPathContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http2PathIT extends NetworkPathContract {

	Http2PathIT(String transport) {
		super(Http2EchoService.SUBJECT, transport);
	}

}
