package io.securestreams.stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.StreamFailure.Phase;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "\"quoted\" \\ and ~", "Stra\u00dfe \u4f60 \ud83d\ude00" })
	void leavesTextAlone(String text) {
		assertThat(PrintableText.of(text)).isSameAs(text);
	}

	@Test
	void escapesWhatFakesLinesOrCommandsTerminals() {
		assertThat(PrintableText.of("no\n12:00 WARN\r\t\u001b[31m\u009b\u0000"))
			.isEqualTo("no\\n12:00 WARN\\r\\t\\u001b[31m\\u009b\\u0000");
		assertThat(PrintableText.of("a\u2028b\u202ec\u2069")).isEqualTo("a\\u2028b\\u202ec\\u2069");
	}

	@Test
	void failuresAreOneLine() {
		StreamFailure failure = StreamFailure.unsent(Phase.HANDSHAKE, "status 500 \u001b[2J\nfaked", "host\n:80", null);
		assertThat(failure).hasToString("HANDSHAKE host\\n:80: status 500 \\u001b[2J\\nfaked");
	}

	@Test
	void keepsTheStartOfWhatIsLong() {
		assertThat(PrintableText.of("a\nb", 3)).isEqualTo("a\\nb");
		assertThat(PrintableText.of("a\nbcd", 3)).isEqualTo("a\\nb\u2026");
		assertThat(PrintableText.of("ab\ud83d\ude00c", 3)).isEqualTo("ab\u2026");
		StreamFailure failure = StreamFailure.unsent(Phase.HANDSHAKE, "x".repeat(65_536), "host", null);
		assertThat(failure.message()).hasSizeLessThan(1100);
	}

}
