package io.securestreams.proxy.server.payload;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.policy.ProxyBuffers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a policy's sizes come to.
 */
class BuffersTests {

	@ParameterizedTest
	@CsvSource({ "0,0,0,32768,16384", "1000,0,0,1000,500", "1000,800,0,800,400", "1000,800,900,800,800",
			"1000,2000,100,1000,100", "1,0,0,1,1", "1000,1,0,1,1", "0,0,1,32768,1" })
	void aPeerThatIsSlowedDownCanGoOn(long buffer, long on, long off, int above, int below) {
		ProxyBuffers buffers = new ProxyBuffers(buffer, on, off, 0, 0, 0);
		assertThat(Buffers.flowOnAbove(buffers)).isEqualTo(above);
		assertThat(Buffers.flowOffBelow(buffers)).isEqualTo(below);
	}

}
