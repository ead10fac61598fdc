package io.securestreams.transport.http2.client;

import org.junit.jupiter.api.Test;

import io.securestreams.policy.TrafficClass;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much a request's priority says to the peer.
 */
class Http2HeadEncoderTests {

	@Test
	void urgencyOfPriorities() {
		String[] expected = { "", "u=2", "u=2", "u=1", "u=1", "u=1", "u=0", "u=0" };
		for (int priority = 0; priority < expected.length; priority++) {
			assertThat(Http2HeadEncoder.priority(new TrafficClass(priority, false, false, false, false)))
				.isEqualTo(expected[priority]);
		}
		assertThat(Http2HeadEncoder.priority(new TrafficClass(0, true, false, false, false))).isEqualTo("u=2");
	}

}
