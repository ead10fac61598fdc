package io.securestreams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TransportTests {

	@ParameterizedTest
	@ValueSource(strings = { "io_uring", "io-uring", "IO_URING" })
	void bothSpellingsAreUnderstood(String name) {
		assertThat(Transport.of(name)).isEqualTo(Transport.IO_URING);
	}

	@Test
	void whatIsUnknownIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Transport.of("uring"))
			.withMessageContaining("\"uring\"")
			.withMessageContaining("\"io-uring\"");
	}

}
