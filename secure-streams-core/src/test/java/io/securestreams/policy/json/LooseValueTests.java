package io.securestreams.policy.json;

import java.util.List;

import io.securestreams.policy.RetryPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is not quite right but plain is understood, and a warning says how; what decides
 * about security is not guessed at.
 */
class LooseValueTests {

	@ParameterizedTest
	@CsvSource({ "1,true", "'\"true\"',true", "'\"Yes\"',true", "'\"on\"',true", "0,false", "'\"0\"',false",
			"'\"false\"',false", "'\"no\"',false", "'\"off\"',false", "null,false", "'\"\"',false" })
	void flagsMeanWhatTheySay(String json, boolean meaning) {
		String keys = Documents.CLIENT + "\"opportunistic\": " + json;
		assertThat(Documents.stream(keys).persistence().opportunistic()).isEqualTo(meaning);
		assertThat(Documents.warnings(keys)).singleElement()
			.asString()
			.startsWith(json + " is taken for " + meaning)
			.endsWith("(expected: true or false)");
	}

	@Test
	void warningSaysWhereTheOriginalDiffers() {
		assertThat(Documents.warnings(Documents.CLIENT + "\"nailed_up\": \"true\""))
			.containsExactly("\"true\" is taken for true, which libwebsockets does not (expected: true or false)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"perhaps\"", "2", "[]", "{}" })
	void flagsThatSayNothingPlainAreRefused(String json) {
		assertThat(Documents.problems(Documents.of("\"opportunistic\": " + json)))
			.anySatisfy((problem) -> assertThat(problem).contains("s[0].x.opportunistic", "(expected: true or false)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tls", "server", "local_sink", "auth_hexify", "allow_redirects", "http_fail_redirect",
			"direct_proto_str" })
	void securityIsNotGuessedAt(String key) {
		for (String json : List.of("1", "0", "null", "\"true\"", "\"false\"")) {
			assertThat(Documents.problems(Documents.of("\"" + key + "\": " + json)))
				.anySatisfy((problem) -> assertThat(problem).contains("s[0].x." + key, "(expected: true or false)"));
		}
	}

	@Test
	void retryFiguresOutOfRangeAreTheNearestPossible() {
		PolicyDocument document = PolicyJson.read("""
				{ "retry": [ { "r": { "backoff": [ 1000.5, 99999999999999999999, "86400001" ],
					"conceal": 1000000, "jitterpc": "300", "svalidping": 65536, "svalidhup": 70000.0 } } ] }
				""", "test");
		RetryPolicy retry = document.policy().retries().get("r");
		assertThat(retry.backoff()).extracting((delay) -> delay.toMillis())
			.containsExactly(1000L, 86400000L, 86400000L);
		assertThat(retry.conceal()).isEqualTo(RetryPolicy.CONCEAL_FOREVER);
		assertThat(retry.jitterPercent()).isEqualTo(255);
		assertThat(retry.validityPing().toSeconds()).isEqualTo(65535);
		assertThat(retry.validityHangup().toSeconds()).isEqualTo(65535);
		assertThat(document.warnings()).extracting(PolicyProblem::toString)
			.contains(
					"test: retry[0].r.backoff[0] (line 1, column 36): warning: 1000.5 is taken for 1000 "
							+ "(expected: 0..86400000)",
					"test: retry[0].r.conceal (line 2, column 13): warning: 1000000 is taken for 65535 "
							+ "(expected: 0..65535)",
					"test: retry[0].r.jitterpc (line 2, column 34): warning: \"300\" is taken for 255 "
							+ "(expected: 0..255)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "\"5s\"", "1e3", "true", "null", "\"\"" })
	void retryFiguresThatAreNonePlainlyAreRefused(String json) {
		assertThat(Documents.problems("{ \"retry\": [ { \"r\": { \"conceal\": " + json + " } } ] }")).singleElement()
			.asString()
			.contains("retry[0].r.conceal", "(expected: 0..65535)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "65536", "443.5", "1e2" })
	void otherNumbersAreNotMended(String json) {
		assertThat(Documents.problems(Documents.of("\"port\": " + json))).isNotEmpty();
	}

}
