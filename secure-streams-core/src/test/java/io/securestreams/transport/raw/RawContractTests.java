package io.securestreams.transport.raw;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkStreamContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawContractTests extends NetworkStreamContract {

	RawContractTests(String transport) {
		super(RawEchoService.SUBJECT, transport);
	}

}
