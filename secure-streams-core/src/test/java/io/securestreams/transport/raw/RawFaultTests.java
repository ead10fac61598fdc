package io.securestreams.transport.raw;

import io.securestreams.transport.contract.FaultContract;

class RawFaultTests extends FaultContract {

	RawFaultTests() {
		super(RawEchoService.SUBJECT);
	}

}
