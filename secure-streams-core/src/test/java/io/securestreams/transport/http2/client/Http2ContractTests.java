package io.securestreams.transport.http2.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http2ContractTests extends NetworkStreamContract {

	Http2ContractTests(String transport) {
		super(Http2EchoService.SUBJECT, transport);
	}

}
