package io.securestreams.transport.http1;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.ProxiedStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http1ThroughProxyTests extends ProxiedStreamContract {

	Http1ThroughProxyTests(String transport) {
		super(Http1EchoService.SUBJECT, transport);
	}

}
