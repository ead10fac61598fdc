package io.securestreams.transport.raw;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.ProxiedStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawThroughProxyTests extends ProxiedStreamContract {

	RawThroughProxyTests(String transport) {
		super(RawEchoService.SUBJECT, transport);
	}

}
