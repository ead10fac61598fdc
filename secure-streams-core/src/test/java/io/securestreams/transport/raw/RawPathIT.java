package io.securestreams.transport.raw;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.transport.contract.NetworkPathContract;

@ParameterizedClass
@ValueSource(strings = { "auto", "nio" })
class RawPathIT extends NetworkPathContract {

	RawPathIT(String transport) {
		super(RawEchoService.SUBJECT, transport);
	}

}
