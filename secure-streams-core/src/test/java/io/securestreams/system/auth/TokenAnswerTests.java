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

	/** In words of ours: answers may repeat secrets. */
	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', value = { "<html>secret,the answer is no JSON object",
			"[],the answer is no JSON object", "{},the answer has no access_token",
			"{\"access_token\": \"\"},the access_token is malformed",
			"{\"access_token\": \"se cret\"},the access_token is malformed",
			"{\"access_token\": \"secret\\u0000\"},the access_token is malformed",
			"`{\"access_token\": \"secret\", \"token_type\": \"mac\"}`,the token is of another type than bearer" })
	void anAnswerThatGrantsNothingSaysWhy(String body, String problem) {
		TokenAnswer answer = TokenAnswer.granted(body.getBytes(StandardCharsets.UTF_8));
		assertThat(answer.accessToken()).isEmpty();
		assertThat(answer.problem()).isEqualTo(problem);
		assertThat(answer).hasToString("TokenAnswer[" + problem + "]");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "{\"error\": \"invalid_grant\"},the token server refuses: invalid_grant",
					"{\"error\": \"se cret\"},the token server refuses",
					"{\"error_description\": \"secret\"},the token server refuses", "secret,the token server refuses" })
	void aRefusalIsRepeatedAsFarAsItIsAWord(String body, String problem) {
		assertThat(TokenAnswer.refused(body.getBytes(StandardCharsets.UTF_8)).problem()).isEqualTo(problem);
	}

	@Test
	void tokensTooLongForAHeaderAreNone() {
		String most = "a".repeat(16 * 1024);
		assertThat(TokenAnswer.granted(("{\"access_token\": \"" + most + "\"}").getBytes(StandardCharsets.UTF_8)))
			.hasToString("TokenAnswer[***]");
		assertThat(TokenAnswer.granted(("{\"access_token\": \"b" + most + "\"}").getBytes(StandardCharsets.UTF_8))
			.problem()).isEqualTo("the access_token is malformed");
	}

	@Test
	void withoutATimeATokenLivesUntilItIsRefused() {
		assertThat(TokenAnswer.granted("{\"access_token\": \"a\"}".getBytes(StandardCharsets.UTF_8)).lifetime())
			.isNull();
		assertThat(lasting("null").lifetime()).isNull();
	}

}
