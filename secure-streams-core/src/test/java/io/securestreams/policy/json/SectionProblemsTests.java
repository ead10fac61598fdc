package io.securestreams.policy.json;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What is wrong, or will not work as it seems to, in the sections that streamtypes refer
 * to.
 */
class SectionProblemsTests {

	private static final String CERTS = "{ \"certs\": [ { \"k\": \""
			+ TestCertificates.base64(TestCertificates.EC.getKeyPair().getPrivate()) + "\" } ],\n";

	static Stream<Arguments> wrong() {
		return Stream.of(
				arguments("{ \"auth\": [ { \"type\": \"lwa\" } ] }",
						"test: auth[0] (line 1, column 13): no \"name\" "
								+ "(expected: the name that \"use_auth\" refers to)"),
				arguments("{ \"auth\": [ { \"name\": 5 } ] }",
						"test: auth[0].name (line 1, column 23): 5 (expected: a string)"),
				arguments("{ \"auth\": [ { \"name\": \"a\" },\n{ \"name\": \"a\" } ] }",
						"test: auth[1].name (line 2, column 11): duplicate name \"a\" "
								+ "(expected: one definition, the first is in line 1)"),
				arguments("{ \"auth\": [ \"a\" ] }",
						"test: auth[0] (line 1, column 13): \"a\" "
								+ "(expected: an object {\"name\": \"...\", \"type\": \"...\", ...})"),
				arguments("{ \"metrics\": [ { \"report\": \"*\" } ] }",
						"test: metrics[0] (line 1, column 16): no \"name\" "
								+ "(expected: the name of the reporting policy)"),
				arguments("{ \"metrics\": [ { \"name\": \"a\" }, { \"name\": \"a\" } ] }",
						"test: metrics[1].name (line 1, column 43): duplicate name \"a\" (expected: one definition)"),
				arguments(CERTS + "\"trust_stores\": [ { \"stack\": [ \"k\" ] } ] }",
						"test: trust_stores[0] (line 2, column 19): no \"name\" (expected: \"name\" and \"stack\")"),
				arguments("{ \"trust_stores\": [ { \"name\": \"t\" } ] }",
						"test: trust_stores[0] (line 1, column 21): no \"stack\" "
								+ "(expected: an array of names from \"certs\")"),
				arguments("{ \"trust_stores\": [ { \"t\": {} } ] }",
						"test: trust_stores[0].t (line 1, column 28): an object "
								+ "(expected: an array of names from \"certs\")"),
				arguments(CERTS + "\"trust_stores\": [ { \"name\": \"t\", \"stack\": [ \"k\" ] } ] }",
						"test: trust_stores[0].stack[0] (line 2, column 45): \"k\" is a private key "
								+ "(expected: a certificate)"),
				arguments("{ \"certs\": {} }",
						"test: certs (line 1, column 12): an object "
								+ "(expected: an array of objects {\"name\": \"base64 DER\"})"),
				arguments("{ \"certs\": [ \"MIIsecret\" ] }",
						"test: certs[0] (line 1, column 14): a string (expected: an object {\"name\": \"base64 DER\"})"),
				arguments("{ \"certs\": [ { \"c\": true } ] }",
						"test: certs[0].c (line 1, column 21): a boolean (expected: a string of base64 DER or PEM)"),
				arguments("{ \"retry\": [ { \"r\": [] } ] }",
						"test: retry[0].r (line 1, column 21): an array (expected: an object with a backoff scheme)"),
				arguments("{ \"via-socks5\": 1080 }",
						"test: via-socks5 (line 1, column 17): a number "
								+ "(expected: a string [user:password@]host:port)"),
				arguments("{ \"via-socks5\": \"u:secret@h:x\" }",
						"test: via-socks5 (line 1, column 17): malformed proxy "
								+ "(expected: [user:password@]host:port, port 1..65535)"),
				arguments("{ \"release\": \"1\\u0007\" }",
						"test: release (line 1, column 14): \"1\\u0007\" "
								+ "(expected: no control characters, one is at index 1)"),
				arguments("{ \"s\": [ { \"x\": { \"http_url\": \"a${b\" } } ] }",
						"test: s[0].x.http_url (line 1, column 31): unterminated \"${\" at character 1 of \"a${b\" "
								+ "(expected: a closing \"}\")"),
				arguments("{ \"s\": [ tru ] }", "test: s[0] (line 1, column 10): malformed JSON: unrecognized token "
						+ "(expected: a JSON value; text in quotes)"));
	}

	@ParameterizedTest
	@MethodSource("wrong")
	void isToldWithItsPlace(String document, String problem) {
		assertThat(Documents.problems(document)).filteredOn((each) -> !each.contains("warning"))
			.contains(problem)
			.allSatisfy((each) -> assertThat(each).doesNotContain("secret"));
	}

	static Stream<Arguments> wrongInStreamtypes() {
		return Stream.of(
				arguments("\"metadata\": [ { \"\": \"x\" } ]", "metadata[0][\"\"]",
						"name \"\" (expected: at least one character, no control characters)"),
				arguments("\"metadata\": [ { \"m\": 1 } ]", "metadata[0].m", "1 (expected: a string)"),
				arguments(
						"\"metadata\": [ { " + IntStream.range(0, 256)
							.mapToObj((number) -> "\"m" + number + "\": \"\"")
							.collect(Collectors.joining(", ")) + " } ]",
						"metadata", "too many entries (expected: at most 255)"),
				arguments("\"options\": [ { \"a\": \"1\" }, { \"a\": \"2\" } ]", "options[1].a",
						"duplicate name \"a\" (expected: each name once)"),
				arguments("\"http_expect\": 99", "http_expect", "99 (expected: 100..999, or 0 for 200..299)"),
				arguments("\"http_resp_map\": [ { \"404\": 1000 }, { \"404\": 1001 } ]", "http_resp_map[1].404",
						"duplicate status 404 (expected: each status once)"),
				arguments("\"http_resp_map\": [ { \"044\": 1000 } ]", "http_resp_map[0].044",
						"status \"044\" (expected: 100..999)"),
				arguments("\"http_resp_map\": [ { \"40x\": 1000 } ]", "http_resp_map[0].40x",
						"status \"40x\" (expected: 100..999)"),
				arguments("\"http_resp_map\": [ { \"404\": 0 } ]", "http_resp_map[0].404", "0 (expected: 1..65535)"),
				arguments(
						"\"http_resp_map\": [ { " + IntStream.range(400, 417)
							.mapToObj((status) -> "\"" + status + "\": 1000")
							.collect(Collectors.joining(", ")) + " } ]",
						"http_resp_map", "17 entries (expected: at most 16)"),
				arguments("\"faults\": [ { \"explode\": 1 } ]", "faults[0].explode",
						"unknown fault \"explode\" (expected: refuse, delay_ms, cut_after, drop_one_in, status)"),
				arguments("\"protocol\": 1", "protocol", "1 (expected: h1, h2, h3, ws, mqtt or raw)"));
	}

	@ParameterizedTest
	@MethodSource("wrongInStreamtypes")
	void keysOfStreamtypesSayWhatTheyExpect(String key, String path, String problem) {
		assertThat(Documents.problems(Documents.of(key))).filteredOn((each) -> !each.contains("warning"))
			.singleElement()
			.asString()
			.startsWith("test: s[0].x." + path + " (line ")
			.endsWith("): " + problem);
	}

	static Stream<Arguments> suspicious() {
		return Stream.of(
				arguments("{ \"retry\": [ { \"r\": { \"backoff\": [ 1000, 0 ], \"conceal\": 2 } } ] }",
						"retry[0].r.backoff: the last delay is 0: retries follow each other without a pause"),
				arguments("{ \"retry\": [ { \"r\": { \"svalidping\": 30 } } ] }",
						"retry[0].r.svalidping: no validity checks without \"svalidhup\""),
				arguments("{ \"retry\": [ { \"r\": { \"svalidping\": 30, \"svalidhup\": 30 } } ] }",
						"retry[0].r.svalidping: the connection is dropped at \"svalidhup\" before the peer is ever asked"),
				arguments("{ \"auth\": [ { \"name\": \"a\", \"type\": \"lwa\", \"streamtype\": \"login\" } ] }",
						"auth[0].streamtype: no streamtype \"login\": the token is never refreshed"),
				arguments("{ \"auth\": [ { \"name\": \"a\", \"type\": \"sigv4\" } ], \"s\": [ { \"x\": { "
						+ Documents.CLIENT
						+ "\"use_auth\": \"a\", \"aws_region\": \"r\", \"metadata\": [ { \"r\": \"\" } ] } } ] }",
						"s[0].x.use_auth: \"use_auth\" of type sigv4 without \"aws_service\": no request can be signed"));
	}

	@ParameterizedTest
	@MethodSource("suspicious")
	void isWarnedAboutWithItsPlace(String document, String warning) {
		assertThat(PolicyJson.read(document, "test").warnings())
			.extracting((each) -> each.path() + ": " + each.message())
			.containsExactly(warning);
	}

	@Test
	void whoUsesAnUnknownKindOfAuthIsNamedBesideIt() {
		assertThat(PolicyJson
			.read("{ \"auth\": [ { \"name\": \"a\", \"type\": \"oauth\" } ], \"s\": [ { \"x\": { " + Documents.CLIENT
					+ "\"use_auth\": \"a\" } } ] }", "test")
			.warnings()).extracting((each) -> each.path() + ": " + each.message())
			.containsExactly("auth[0].type: unknown type \"oauth\": no stream can use it",
					"s[0].x.use_auth: \"use_auth\" of an unknown type \"oauth\": no client can be made");
	}

	@Test
	void overlayIsToldThatOthersKeepWhatItRedefines() {
		PolicyDocument base = PolicyJson.read("""
				{ "retry": [ { "slow": { "backoff": [ 60000 ] } } ],
				  "s": [ { "x": { "endpoint": "a", "port": 1, "retry": "slow" } } ] }
				""", "base");
		PolicyDocument overlaid = PolicyJson.overlay(base.policy(),
				"{ \"retry\": [ { \"slow\": { \"backoff\": [ 1 ] } } ] }", "overlay");
		assertThat(overlaid.warnings()).singleElement()
			.hasToString("overlay: retry[0].slow (line 1, column 16): warning: redefines \"slow\": streamtypes outside "
					+ "this document keep the former definition (expected: another name)");
		assertThat(overlaid.policy().streamType("x").orElseThrow().persistence().retry().backoff())
			.isEqualTo(List.of(java.time.Duration.ofMinutes(1)));
	}

}
