package io.securestreams.transport.http1;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http1ContractTests extends NetworkStreamContract {

	Http1ContractTests(String transport) {
		super(Http1EchoService.SUBJECT, transport);
	}

}
