package io.securestreams.policy.json;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Policies in use have commas before the end of an array or object.
 */
class TrailingCommaTests {

	private static final String DOCUMENT = """
			{
				"retry": [ { "r": { "backoff": [ 100, 200, ], "conceal": 2 } }, ], # ,]
				"s": [
					{ "x": { "endpoint": "a,]", "port": 1, "retry": "r", /* ,} */ } },
					{ "y": { "endpoint": "b\\",", "port": 1 } }, // ]
				]
			}
			""";

	@Test
	void areTakenAsIfTheyWereNotThere() {
		String clean = DOCUMENT.replace("200, ]", "200 ]")
			.replace("} }, ], #", "} } ], #")
			.replace("\"r\", /*", "\"r\" /*")
			.replace("1 } }, //", "1 } } //");
		PolicyDocument expected = PolicyJson.read(clean, "test");
		assertThat(expected.warnings()).isEmpty();
		assertThat(PolicyJson.read(DOCUMENT, "test").policy()).isEqualTo(expected.policy());
		assertThat(PolicyJson.read(DOCUMENT.getBytes(StandardCharsets.UTF_8), "test").policy())
			.isEqualTo(expected.policy());
	}

	@Test
	void eachIsNamedWithItsPlace() {
		List<PolicyProblem> warnings = PolicyJson.read(DOCUMENT, "test").warnings();
		assertThat(warnings).extracting(PolicyProblem::line).containsExactly(2, 2, 4, 5);
		assertThat(warnings.get(0)).hasToString("test: (line 2, column 43): warning: a comma before \"]\", which is "
				+ "taken as if it were not there (expected: none after the last entry)");
	}

	@Test
	void otherProblemsKeepTheirPlaces() {
		assertThat(Documents.problems("""
				{ "s": [
					{ "x": { "endpoint": "a", "port": 70000, }, },
				] }
				"""))
			.anySatisfy((problem) -> assertThat(problem).startsWith("test: s[0].x.port (line 2, column 36): 70000"));
	}

	@Test
	void overlaysMayHaveThemToo() {
		PolicyDocument base = PolicyJson.read("{ \"s\": [ { \"x\": { \"endpoint\": \"a\", \"port\": 1 } } ] }", "base");
		PolicyDocument overlaid = PolicyJson.overlay(base.policy(), "{ \"s\": [ { \"x\": { \"port\": 2, } } ] }",
				"over");
		assertThat(overlaid.policy().streamType("x").orElseThrow().endpoint().port()).isEqualTo(2);
		assertThat(overlaid.warnings()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{,}", "{ \"s\": [,] }", "{ \"s\": [ {},, ] }", "{ \"s\": [],, }", "{ \"s\": [], ",
			"{ \"s\": [ {}, }", "{ \"release\": \"1\", } }" })
	void areNoOpenDoor(String document) {
		assertThat(Documents.problems(document)).isNotEmpty();
	}

	@Test
	void veryManyAreCutOff() {
		String document = "{ \"x\": [" + "[1,],".repeat(100_000) + "] }";
		assertThat(PolicyJson.read(document, "test").warnings()).hasSize(101)
			.last()
			.satisfies((last) -> assertThat(last.message()).endsWith(" more warnings"));
	}

}
