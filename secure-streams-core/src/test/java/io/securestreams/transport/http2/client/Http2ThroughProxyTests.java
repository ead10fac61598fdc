package io.securestreams.transport.http2.client;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.ProxiedStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class Http2ThroughProxyTests extends ProxiedStreamContract {

	Http2ThroughProxyTests(String transport) {
		super(Http2EchoService.SUBJECT, transport);
	}

}
