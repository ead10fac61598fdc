package io.securestreams.system.auth;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What token servers may answer, well-formed or not.
 */
class JsonMembersTests {

	private static Map<String, String> members(String json) {
		return JsonMembers.of(json.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void whatIsNoTextIsPassedOver() {
		assertThat(members("""
				{ "a": {}, "b": { "access_token": "x", "c": [ {}, [ 1, "]" ], { "d": null } ] }, "e": [],
				  "access_token": "y", "f": null, "g": true, "h": -1.5e+10 }
				""")).isEqualTo(Map.of("access_token", "y", "g", "true", "h", "-1.5e+10"));
	}

	@Test
	void escapesAreUndone() {
		assertThat(members("{\"\\u0061\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"}"))
			.isEqualTo(Map.of("a", "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "{\"a\"", "{\"a\":", "{\"a\": \"", "{\"a\": \"\\", "{\"a\": \"\\u00e",
			"{\"a\": 1", "{\"a\": 1,}", "{\"a\": 1 \"b\": 2}", "{\"a\": 1} x", "{\"a\": 01}", "{\"a\": tru}",
			"{\"a\": +1}", "{\"a\": \"\\x\"}", "{\"a\": \"\\u00zz\"}", "{\"a\": \"\n\"}", "{a: 1}", "{\"a\": [1,]}",
			"{\"a\": [1}", "{\"a\": {\"b\"}}", "{\"a\": {\"b\": 1]}", "{\"a\": \"x\", \"a\": \"y\"}", "\"a\"" })
	void whatIsNoObjectIsRefusedWithoutBeingRepeated(String json) {
		assertThatIllegalArgumentException().isThrownBy(() -> members(json)).withMessage("not a JSON object");
	}

	@Test
	void bytesThatAreNotUtf8AreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> JsonMembers.of("{\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)))
			.withMessage("not a JSON object");
	}

	@Test
	void depthHasAnEnd() {
		assertThat(members("{\"a\": " + "[".repeat(32) + "]".repeat(32) + ", \"b\": 1}")).containsOnlyKeys("b");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> members("{\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
	}

}
