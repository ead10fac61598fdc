package io.securestreams;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What policies are told is available is what the engine can do.
 */
class AvailableProtocolsTests {

	@ParameterizedTest
	@EnumSource
	void streamsCanBeMadeOfAvailableProtocolsAlone(Protocol protocol) {
		Policy policy = PolicyJson
			.read("{ \"s\": [ { \"x\": { \"endpoint\": \"127.0.0.1\", \"port\": 1, \"protocol\": \""
					+ protocol.policyName() + "\", \"opportunistic\": true } } ] }", "test")
			.policy();
		try (SecureStreams streams = SecureStreams.builder().policy(policy).build()) {
			if (protocol.isAvailable()) {
				SecureStream stream = streams.create("x", new StreamHandler() {
				});
				assertThat(stream.streamType()).isEqualTo("x");
			}
			else {
				assertThatExceptionOfType(SecureStreamsException.class)
					.isThrownBy(() -> streams.create("x", new StreamHandler() {
					}))
					.withMessageContaining("is not available");
			}
		}
	}

}
