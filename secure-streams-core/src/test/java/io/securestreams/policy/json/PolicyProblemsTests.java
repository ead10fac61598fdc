package io.securestreams.policy.json;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What is wrong with a document is told with its place, what was found and what was
 * expected; all of it at once.
 */
class PolicyProblemsTests {

	private static final String RETRY = "\"retry\": [ { \"default\": { \"backoff\": [ 1 ] } } ]";

	static Stream<Arguments> wrong() {
		return Stream.of(
				arguments("{ \"s\": [ { \"x\": { \"port\": 70000 } } ] }",
						"test: s[0].x.port (line 1, column 27): 70000 (expected: 0..65535)"),
				arguments("{ \"s\": [ { \"x\": { \"port\": 8e1 } } ] }",
						"test: s[0].x.port (line 1, column 27): 8e1 (expected: 0..65535)"),
				arguments("{ \"s\": [ { \"x\": { \"port\": 99999999999999999999999999 } } ] }",
						"test: s[0].x.port (line 1, column 27): 99999999999999999999999999 (expected: 0..65535)"),
				arguments("{ \"s\": [ { \"x\": { \"tls\": \"true\" } } ] }",
						"test: s[0].x.tls (line 1, column 26): \"true\" (expected: true or false)"),
				arguments("{ \"s\": [ { \"x\": { \"endpoint\": null } } ] }",
						"test: s[0].x.endpoint (line 1, column 31): null (expected: a string)"),
				arguments("{ \"s\": [ { \"x\": { \"protocol\": \"h1post\" } } ] }",
						"test: s[0].x.protocol (line 1, column 31): \"h1post\" (expected: h1, h2, h3, ws, mqtt or raw)"),
				arguments("{ \"s\": [ { \"x\": [] } ] }",
						"test: s[0].x (line 1, column 17): an array (expected: an object with the keys of a streamtype)"),
				arguments("{ \"s\": { \"x\": {} } }",
						"test: s (line 1, column 8): an object (expected: an array of objects {\"streamtype\": {...}})"),
				arguments("{ \"s\": [ 5 ] }",
						"test: s[0] (line 1, column 10): 5 (expected: an object {\"streamtype\": {...}})"),
				// Names
				arguments("{ \"s\": [ { \"x\": { \"retry\": \"default\" } } ] }",
						"test: s[0].x.retry (line 1, column 28): unknown name \"default\" (expected: a name from \"retry\")"),
				arguments("{ " + RETRY + ", \"s\": [ { \"x\": { \"retry\": \"defualt\" } } ] }",
						"test: s[0].x.retry (line 1, column 78): unknown name \"defualt\" "
								+ "(expected: a name from \"retry\"; did you mean \"default\"?)"),
				arguments("{ \"s\": [ { \"x\": { \"retry\": \"default\" } } ], " + RETRY + " }",
						"test: s[0].x.retry (line 1, column 28): \"default\" is defined later in the document; "
								+ "move it before its use (expected: a name already defined in \"retry\")"),
				arguments("{ \"s\": [ { \"x\": { \"tls_trust_store\": \"t\" } } ] }",
						"test: s[0].x.tls_trust_store (line 1, column 38): unknown name \"t\" "
								+ "(expected: a name from \"trust_stores\")"),
				arguments("{ \"s\": [ { \"x\": { \"server_cert\": \"c\" } } ] }",
						"test: s[0].x.server_cert (line 1, column 34): unknown name \"c\" (expected: a name from \"certs\")"),
				arguments("{ \"s\": [ { \"x\": { \"use_auth\": \"a\" } } ] }",
						"test: s[0].x.use_auth (line 1, column 31): unknown name \"a\" (expected: a name from \"auth\")"),
				arguments("{ \"s\": [ { \"x\": { \"rideshare\": \"y\" } } ] }",
						"test: s[0].x.rideshare (line 1, column 32): unknown streamtype \"y\" "
								+ "(expected: a streamtype from \"s\")"),
				arguments("{ \"trust_stores\": [ { \"name\": \"t\", \"stack\": [ \"c\" ] } ] }",
						"test: trust_stores[0].stack[0] (line 1, column 47): unknown name \"c\" "
								+ "(expected: a name from \"certs\")"),
				arguments("{ \"s\": [ { \"x\": {} },\n { \"x\": {} } ] }",
						"test: s[1].x (line 2, column 4): duplicate name \"x\" "
								+ "(expected: one definition, the first is in line 1)"),
				arguments("{ \"s\": [ { \"\": {} } ] }",
						"test: s[0][\"\"] (line 1, column 12): name \"\" "
								+ "(expected: at least one character, no control characters)"),
				arguments("{ \"s\": [ { \"x\": { \"port\": 1, \"port\": 2 } } ] }",
						"test: s[0].x.port (line 1, column 30): duplicate key \"port\" (expected: each key once)"),
				arguments("{ \"s\": [ { \"x\": { \"http_url\": \"a\", \"aux\": \"b\" } } ] }",
						"test: s[0].x.aux (line 1, column 36): \"aux\" repeats \"http_url\" "
								+ "(expected: one spelling of the key)"),
				arguments("{ \"s\": [ { \"x\": { \"metadata\": [ { \"a\": \"\" }, { \"a\": \"\" } ] } } ] }",
						"test: s[0].x.metadata[1].a (line 1, column 48): duplicate name \"a\" (expected: each name once)"),
				arguments("{ \"s\": [ { \"x\": { \"metadata\": [ { \"a\": \"x y\" } ] } } ] }",
						"test: s[0].x.metadata[0].a (line 1, column 40): \"x y\" (expected: a header name, or empty)"),
				// What goes round in circles
				arguments("{ \"s\": [ { \"x\": { \"rideshare\": \"x\" } } ] }",
						"test: s[0].x.rideshare (line 1, column 32): ridesharing goes round in a circle through \"x\" "
								+ "(expected: a chain that ends)"),
				// Numbers out of all proportion
				arguments("{ \"retry\": [ { \"r\": { \"backoff\": [ 1, \"5s\" ] } } ] }",
						"test: retry[0].r.backoff[1] (line 1, column 39): \"5s\" (expected: 0..86400000)"),
				arguments("{ \"retry\": [ { \"r\": { \"backoff\": [ 1, 2, 3, 4, 5, 6, 7, 8, 9 ] } } ] }",
						"test: retry[0].r.backoff (line 1, column 34): 9 entries (expected: 0..8 entries)"),
				arguments("{ \"retry\": [ { \"r\": { \"conceal\": -1 } } ] }",
						"test: retry[0].r.conceal (line 1, column 34): -1 (expected: 0..65535)"),
				arguments("{ \"schema-version\": 2 }", "test: schema-version (line 1, column 21): 2 (expected: 0..1)"),
				arguments("{ \"s\": [ { \"x\": { \"server\": true, \"local_sink\": true } } ] }",
						"test: s[0].x.local_sink (line 1, column 49): both \"server\" and \"local_sink\" "
								+ "(expected: one of the two)"),
				// Not JSON
				arguments("", "test: (line 1, column 1): empty document (expected: an object)"),
				arguments("[]", "test: (line 1, column 1): an array (expected: an object)"),
				arguments("{ \"s\": [ { \"x\": { \"port\": 1",
						"test: s[0].x.port (line 1, column 28): the document ends here (expected: the rest of it)"),
				arguments("{ \"s\": [],, }",
						"test: s (line 1, column 11): malformed JSON: unexpected character (',' (code 44)) "
								+ "(expected: double-quote to start property name)"),
				arguments("{} {}",
						"test: (line 1, column 4): text after the end of the document (expected: one object)"));
	}

	@ParameterizedTest
	@MethodSource("wrong")
	void isToldWithItsPlace(String document, String problem) {
		assertThat(Documents.problems(document)).filteredOn((each) -> !each.contains("warning"))
			.containsExactly(problem);
	}

	@Test
	void allProblemsAreToldAtOnceInTheOrderOfTheDocument() {
		List<String> problems = Documents.problems("""
				{
					"retry": [ { "r": { "conceal": -70000, "backof": [ 1 ] } } ],
					"certs": [ { "c": "not base64!" } ],
					"s": [ {
						"x": { "port": -1, "endpoint": "a", "tls": 1 },
						"y": { "retry": "r", "protocol": "h9" }
					} ]
				}
				""");
		assertThat(problems).containsExactly(
				"test: retry[0].r.conceal (line 2, column 33): -70000 (expected: 0..65535)",
				"test: retry[0].r.backof (line 2, column 41): warning: unknown key \"backof\", ignored; "
						+ "did you mean \"backoff\"?",
				"test: certs[0].c (line 3, column 20): invalid base64 at character 10 "
						+ "(expected: A-Z, a-z, 0-9, +, / and = at the end)",
				"test: s[0].x.port (line 5, column 18): -1 (expected: 0..65535)",
				"test: s[0].x.tls (line 5, column 46): 1 (expected: true or false)",
				"test: s[0].y.protocol (line 6, column 36): \"h9\" (expected: h1, h2, h3, ws, mqtt or raw)");
	}

	/** The entry of a broken definition is known, so its users are not blamed. */
	@Test
	void whatFollowsFromAProblemIsNotAnotherOne() {
		assertThat(Documents.problems("""
				{ "certs": [ { "c": "AAAA" } ], "trust_stores": [ { "name": "t", "stack": [ "c" ] } ],
				"s": [ { "x": { "endpoint": "a", "port": 1, "tls": true, "tls_trust_store": "t" } } ] }
				""")).singleElement().asString().startsWith("test: certs[0].c ");
	}

	@Test
	void unknownKeysAreWarnedAboutAndDisturbNothing() {
		PolicyDocument document = PolicyJson.read("""
				{ "relase": "1", "s": [ { "x": { "endpint": "b", "endpoint": "a", "port": 1, "zzzzzz": {} } } ] }
				""", "test");
		assertThat(document.policy().streamType("x").orElseThrow().endpoint().address().text()).isEqualTo("a");
		assertThat(document.warnings()).extracting(PolicyProblem::message)
			.containsExactly("unknown key \"relase\", ignored; did you mean \"release\"?",
					"unknown key \"endpint\", ignored; did you mean \"endpoint\"?", "unknown key \"zzzzzz\", ignored");
	}

	@Test
	void veryManyProblemsAreCutOff() {
		StringBuilder document = new StringBuilder("{ \"s\": [ {}");
		for (int i = 0; i < 1000; i++) {
			document.append(", { \"x").append(i).append("\": { \"port\": -1 } }");
		}
		List<String> problems = Documents.problems(document.append("] }").toString());
		assertThat(problems).filteredOn((problem) -> !problem.contains("warning")).hasSize(101);
		assertThat(problems.get(problems.size() - 1)).endsWith("900 more errors");
	}

	@Test
	void secretsAreNotRepeated() {
		assertThat(
				Documents.problems("{ \"via-socks5\": \"me:secret@nowhere\", \"certs\": [ { \"c\": \"secret-\" } ] }"))
			.hasSize(2)
			.noneMatch((problem) -> problem.contains("secret"));
	}

	@Test
	void longAndStrangeValuesAreMadeFitForOneLine() {
		assertThat(Documents
			.problems("{ \"s\": [ { \"x\": { \"protocol\": \"" + "\\n\\u202e" + "a".repeat(500) + "\" } } ] }"))
			.singleElement()
			.asString()
			.contains("\\u000a\\u202eaaa", "...")
			.doesNotContain("\n")
			.hasSizeLessThan(300);
	}

}
