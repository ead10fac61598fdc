package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long tokens live, by servers that are more or less exact about it.
 */
class TokenAnswerTests {

	private static TokenAnswer lasting(String seconds) {
		return TokenAnswer
			.granted(("{\"access_token\": \"a\", \"expires_in\": " + seconds + "}").getBytes(StandardCharsets.UTF_8));
	}

	@ParameterizedTest
	@CsvSource({ "3600,3600", "'\"3600\"',3600", "3599.7,3599", "1,1",
			"99999999999999999999999999999999999999999999,315360000" })
	void livesAreSeconds(String seconds, long expected) {
		assertThat(lasting(seconds).lifetime()).isEqualTo(Duration.ofSeconds(expected));
		assertThat(lasting(seconds).accessToken()).isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "-3600", "\"soon\"", "true", "1e5", "0.5" })
	void whatHasEndedOrIsNoTimeIsNoToken(String seconds) {
		assertThat(lasting(seconds).accessToken()).isEmpty();
		assertThat(lasting(seconds).problem()).contains("expires_in");
	}

	@Test
	void withoutATimeATokenLivesUntilItIsRefused() {
		assertThat(TokenAnswer.granted("{\"access_token\": \"a\"}".getBytes(StandardCharsets.UTF_8)).lifetime())
			.isNull();
		assertThat(lasting("null").lifetime()).isNull();
	}

}
