package io.securestreams.demo.client;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.DefaultApplicationArguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClientOptionsTests {

	@Test
	void readsEverything() {
		ClientOptions options = parse("--spring.profiles.active=client", "--stream=up", "--send=hi", "--metadata=a=1",
				"--metadata=b=x=y", "--timeout=1500ms");
		assertThat(options.stream()).isEqualTo("up");
		assertThat(options.message()).isNotNull();
		assertThat(options.metadata()).isEqualTo(Map.of("a", "1", "b", "x=y"));
		assertThat(options.timeout()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void needsNoMoreThanAStreamtype() {
		ClientOptions options = parse("--stream=up");
		assertThat(options.message()).isNull();
		assertThat(options.metadata()).isEmpty();
		assertThat(options.timeout()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--send=x                            | no streamtype given
			--stream=                           | no streamtype given
			--stream                            | --stream given 0 times
			--stream=a --stream=b               | --stream given 2 times
			--stream=a --send=x --send-file=y   | both --send and --send-file
			--stream=a --send-file=no-such-file | cannot read --send-file=no-such-file
			--stream=a --metadata=b             | --metadata=b (expected: --metadata=NAME=VALUE)
			--stream=a --timeout=soon           | --timeout=soon (expected: a positive time
			--stream=a --timeout=0s             | --timeout=0s (expected: a positive time
			--stream=a b                        | unexpected argument "b"
			""")
	void saysWhatMakesNoSense(String line, String problem) {
		assertThatIllegalArgumentException().isThrownBy(() -> parse(line.split(" "))).withMessageContaining(problem);
	}

	private static ClientOptions parse(String... line) {
		return ClientOptions.parse(new DefaultApplicationArguments(line));
	}

}
