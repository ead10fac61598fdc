package io.securestreams.transport.http1;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkPathContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http1PathIT extends NetworkPathContract {

	Http1PathIT(String transport) {
		super(Http1EchoService.SUBJECT, transport);
	}

}
