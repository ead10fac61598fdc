package io.securestreams.policy.json.lint;

import java.util.List;
import java.util.stream.Stream;

import io.securestreams.policy.json.Documents;
import io.securestreams.policy.json.PolicyDocument;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.PolicyProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.securestreams.policy.json.Documents.CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What will not work as its author thinks is named.
 */
class StreamLintTests {

	private static final String SERVER = "\"server\": true, \"port\": 0, ";

	private static final String WS = CLIENT + "\"protocol\": \"ws\", ";

	static Stream<Arguments> suspects() {
		return Stream.of(
				// Keys without effect where they stand
				arguments(WS + "\"http_method\": \"GET\"",
						"\"http_method\" has no effect with protocol \"ws\" (expected: protocol h1, h2 or h3)"),
				arguments(CLIENT + "\"protocol\": \"raw\", \"http_url\": \"x\"",
						"\"http_url\" has no effect with protocol \"raw\" (expected: protocol h1, h2, h3 or ws)"),
				arguments(CLIENT + "\"mqtt_topic\": \"x\"",
						"\"mqtt_topic\" has no effect with protocol \"h1\" (expected: protocol mqtt)"),
				arguments(CLIENT + "\"long_poll\": true",
						"\"long_poll\" has no effect with protocol \"h1\" (expected: protocol h2 or h3)"),
				arguments(CLIENT + "\"ws_subprotocol\": \"chat\"",
						"\"ws_subprotocol\" has no effect with protocol \"h1\" (expected: protocol ws)"),
				arguments(SERVER + "\"nailed_up\": true", "\"nailed_up\" has no effect on a server"),
				arguments(SERVER + "\"protocol\": \"raw\", \"mqtt_qos\": 1", "\"mqtt_qos\" has no effect on a server"),
				arguments(CLIENT + "\"tls\": true, \"server_cert\": \"leaf\"",
						"\"server_cert\" has no effect on a client"),
				arguments("\"local_sink\": true, \"port\": 1", "\"port\" has no effect on a local sink"),
				arguments(CLIENT + "\"urgent_tx\": true", "\"urgent_tx\" has no effect"),
				arguments(CLIENT + "\"urgent_rx\": true", "\"urgent_rx\" has no effect"),
				arguments(CLIENT + "\"options\": [ { \"a\": \"b\" } ]", "option \"a\" has no effect on a client"),
				arguments(SERVER + "\"options\": [ { \"a\": \"b\" } ]", "option \"a\" has no effect on a server"),
				arguments(SERVER + "\"options\": [ { \"send_overflow\": \"wait\" } ]",
						"option \"send_overflow\" \"wait\": the server cannot listen (expected: \"drop\" or \"disconnect\")"),
				arguments(CLIENT + "\"plugins\": [ \"a\" ]", "\"plugins\" are not supported, ignored"),
				arguments(CLIENT + "\"use_auth\": \"aws\", \"aws_region\": \"r\"",
						"\"use_auth\" of type sigv4 without \"aws_service\": no request can be signed "
								+ "(expected: \"aws_service\")"),
				arguments(CLIENT + "\"protocol\": \"raw\", \"metadata\": [ { \"a\": \"x-a:\" } ]",
						"\"x-a:\" has no effect with protocol \"raw\", which has no headers (expected: \"\")"),
				// What is not there yet
				arguments(CLIENT + "\"protocol\": \"mqtt\", \"mqtt_topic\": \"a/#\"",
						"\"mqtt_topic\" has a wildcard, and cannot be published to (expected: neither + nor #)"),
				arguments(CLIENT + "\"protocol\": \"mqtt\", \"mqtt_subscribe\": [ \"a/#\", \"a/#/b\" ]",
						"filter \"a/#/b\" has a wildcard inside: the stream cannot connect "
								+ "(expected: + as a level, # as the last one)"),
				arguments(CLIENT + "\"protocol\": \"mqtt\", \"mqtt_subscribe\": \"$share/+/t\"",
						"filter \"$share/+/t\" shares a subscription by a name with a wildcard: the stream cannot connect "
								+ "(expected: + as a level, # as the last one)"),
				arguments(CLIENT + "\"protocol\": \"mqtt\", \"mqtt_subscribe\": \"$share/a\"",
						"filter \"$share/a\" shares a subscription without a name: the stream cannot connect "
								+ "(expected: + as a level, # as the last one)"),
				arguments(CLIENT + "\"protocol\": \"mqtt\"",
						"the stream can neither publish nor receive (expected: \"mqtt_topic\" or \"mqtt_subscribe\")"),
				arguments(SERVER + "\"protocol\": \"mqtt\"",
						"protocol \"mqtt\" is for clients alone: no server can be made "
								+ "(expected: a client, or another protocol)"),
				arguments(CLIENT + "\"protocol\": \"h3\"",
						"protocol \"h3\" is not there yet: no client can be made (expected: h1, h2, ws, mqtt or raw)"),
				arguments(SERVER + "\"protocol\": \"h3\"",
						"protocol \"h3\" is not there yet: no server can be made (expected: h1, h2, ws, mqtt or raw)"),
				arguments(CLIENT + "\"attr_low_cost\": true",
						"\"attr_low_cost\" has no effect: on TCP the kernel needs the bit for congestion control"),
				arguments(CLIENT + "\"client_buflen_rxflow_on_above\": 1000",
						"\"client_buflen_rxflow_on_above\" has no effect: clients are not told, and read as their handlers do"),
				// What is misspelt
				arguments(CLIENT + "\"http_method\": \"GTE\"",
						"method \"GTE\"; did you mean \"GET\"? (expected: a method of HTTP)"),
				arguments(CLIENT + "\"http_method\": \"post\"",
						"method \"post\"; did you mean \"POST\"? (expected: a method of HTTP)"),
				arguments(CLIENT + "\"http_resp_map\": [ { \"530\": 999 } ]",
						"state 999 is never told: it is one of the engine's own (expected: 1000..65535)"),
				// Security that is not there
				arguments(CLIENT + "\"tls_trust_store\": \"mine\"",
						"\"tls_trust_store\" has no effect without \"tls\": the connection is not encrypted "
								+ "(expected: \"tls\": true)"),
				arguments(CLIENT + "\"client_cert\": 0",
						"\"client_cert\" has no effect without \"tls\": the connection is not encrypted "
								+ "(expected: \"tls\": true)"),
				arguments(SERVER + "\"server_cert\": \"leaf\"",
						"\"server_cert\" has no effect without \"tls\": the connection is not encrypted "
								+ "(expected: \"tls\": true)"),
				arguments(SERVER + "\"tls\": true",
						"a server with \"tls\" but without \"server_cert\" cannot listen "
								+ "(expected: \"server_cert\" and \"server_key\")"),
				arguments(SERVER + "\"tls\": true, \"server_cert\": \"leaf\"",
						"a server with \"server_cert\" but without \"server_key\" cannot listen "
								+ "(expected: \"server_cert\" and \"server_key\")"),
				// Contradictions
				arguments(CLIENT + "\"opportunistic\": true, \"nailed_up\": true",
						"\"nailed_up\" with \"opportunistic\": the stream connects when it is created, "
								+ "but a connection that is lost stays lost (expected: one of the two)"),
				arguments(CLIENT + "\"allow_redirects\": true, \"http_fail_redirect\": true",
						"\"allow_redirects\" with \"http_fail_redirect\" (expected: one of the two)"),
				arguments(
						CLIENT + "\"http_method\": \"POST\", \"http_multipart_name\": \"a\", "
								+ "\"http_www_form_urlencoded\": true",
						"a body that is a form and multipart as well (expected: one of the two)"),
				// What can only fail
				arguments("\"port\": 80",
						"a client without \"endpoint\": no attempt can succeed (expected: \"endpoint\")"),
				arguments("\"endpoint\": \"example.com\"", "no \"port\": no attempt can succeed (expected: 1..65535)"),
				arguments(CLIENT + "\"http_url\": \"${nam}\", \"metadata\": [ { \"name\": \"\" } ]",
						"${nam} is not declared: no attempt can succeed (expected: a name from \"metadata\"; "
								+ "did you mean \"name\"?)"),
				arguments(SERVER + "\"endpoint\": \"${a}\", \"metadata\": [ { \"a\": \"\" } ]",
						"${a} is not replaced in the endpoint of a server (expected: an interface or address)"),
				// Half of something
				arguments(CLIENT + "\"http_multipart_name\": \"a\"",
						"\"http_multipart_name\" with method GET, whose requests have no body "
								+ "(expected: \"http_method\": \"POST\")"),
				arguments(CLIENT + "\"http_www_form_urlencoded\": true",
						"\"http_www_form_urlencoded\" with method GET, whose requests have no body "
								+ "(expected: \"http_method\": \"POST\")"),
				arguments(CLIENT + "\"http_method\": \"POST\", \"http_mime_content_type\": \"text/plain\"",
						"\"http_mime_content_type\" has no effect on a body that is not multipart "
								+ "(expected: \"http_multipart_name\" or \"http_multipart_filename\")"),
				arguments(CLIENT + "\"http_auth_preamble\": \"bearer \"",
						"\"http_auth_preamble\" has no effect without \"http_auth_header\" "
								+ "(expected: \"http_auth_header\")"),
				arguments(CLIENT + "\"auth_hexify\": true",
						"\"auth_hexify\" has no effect without \"http_auth_header\" "
								+ "(expected: \"http_auth_header\")"),
				arguments(CLIENT + "\"aws_region\": \"r\"",
						"\"aws_region\" has no effect without \"use_auth\" (expected: \"use_auth\")"),
				arguments(CLIENT + "\"http_expect\": 503",
						"status 503 is never a success: the attempt is repeated (expected: another status)"),
				arguments(CLIENT + "\"http_resp_map\": [ { \"429\": 1429 } ]",
						"status 429 never becomes a state: the attempt is repeated (expected: other statuses)"));
	}

	@ParameterizedTest
	@MethodSource("suspects")
	void namesWhatWillNotWork(String keys, String warning) {
		assertThat(Documents.warnings(keys)).containsExactly(warning);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"nailed_up\": false", "\"protocol\": \"ws\", \"http_url\": \"a\", \"ws_binary\": true",
			"\"tls\": true, \"tls_trust_store\": \"mine\", \"client_cert\": 0",
			"\"nailed_up\": true, \"retry\": \"slow\"", "\"payload_fmt\": \"json\", \"perf\": true",
			"\"http_method\": \"POST\", \"http_multipart_name\": \"a\", \"http_mime_content_type\": \"text/plain\"",
			"\"http_auth_header\": \"authorization:\", \"http_auth_preamble\": \"bearer \", \"auth_hexify\": true",
			"\"http_method\": \"PURGE\"", "\"http_method\": \"X\"", "\"http_resp_map\": [ { \"530\": 1000 } ]",
			"\"http_url\": \"${a}\", \"metadata\": [ { \"a\": \"\" } ]" })
	void saysNothingAboutWhatWorks(String keys) {
		assertThat(Documents.warnings(CLIENT + keys)).isEmpty();
	}

	@Test
	void rideshareIsForBodiesOfSeveralParts() {
		assertThat(besideAPart("")).containsExactly("\"rideshare\" has no effect on a body that is not multipart");
		assertThat(besideAPart("\"http_multipart_ss_in\": false, "))
			.containsExactly("\"rideshare\" has no effect on a body that is not multipart");
		assertThat(besideAPart("\"http_multipart_ss_in\": true, ")).isEmpty();
		assertThat(besideAPart("\"http_method\": \"POST\", \"http_multipart_name\": \"a\", ")).isEmpty();
	}

	private static List<String> besideAPart(String keys) {
		String part = CLIENT + "\"http_method\": \"POST\", \"http_multipart_name\": \"b\"";
		return PolicyJson
			.read("{ \"s\": [ { \"part\": {" + part + "} }, { \"x\": {" + CLIENT + keys
					+ "\"rideshare\": \"part\" } } ] }", "test")
			.warnings()
			.stream()
			.map(PolicyProblem::message)
			.toList();
	}

	@Test
	void contradictionsAmongKeysWithoutEffectAreNamedToo() {
		assertThat(Documents
			.warnings(CLIENT + "\"client_buflen_rxflow_on_above\": 10, \"client_buflen_rxflow_off_below\": 10"))
			.contains("\"client_buflen_rxflow_on_above\" 10 is not above \"client_buflen_rxflow_off_below\" 10 "
					+ "(expected: room between the two)")
			.hasSize(3);
		assertThat(Documents
			.warnings(CLIENT + "\"protocol\": \"mqtt\", \"mqtt_topic\": \"t\", \"mqtt_will_message\": \"gone\""))
			.contains("\"mqtt_will_message\" has no effect without \"mqtt_will_topic\" "
					+ "(expected: \"mqtt_will_topic\")")
			.hasSize(1);
	}

	@Test
	void jitterOfZeroIsNotNone() {
		assertThat(PolicyJson.read("{ \"retry\": [ { \"r\": { \"backoff\": [ 1 ], \"jitterpc\": 0 } } ] }", "test")
			.warnings()).extracting(PolicyProblem::message).containsExactly("0 means 30, as in libwebsockets");
		assertThat(PolicyJson.read("{ \"retry\": [ { \"r\": { \"backoff\": [ 1 ] } } ] }", "test").warnings())
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"endpoint\": \"+/run/x\"", "\"endpoint\": \"https://example.com/x\"",
			"\"endpoint\": \"${host}\", \"metadata\": [ { \"host\": \"\" } ]", "\"endpoint\": \"file:///etc/x\"",
			"\"endpoint\": \"example.com:80\"" })
	void endpointMayStandWithoutAPort(String keys) {
		assertThat(Documents.warnings(keys)).isEmpty();
	}

	@Test
	void serverMayHaveIntermediatesInItsTrustStore() {
		assertThat(Documents.warnings(SERVER + "\"tls\": true, \"server_cert\": \"leaf\", "
				+ "\"server_key\": \"leaf-key\", \"tls_trust_store\": \"mine\", \"ws_subprotocol\": \"chat\""))
			.isEmpty();
	}

	@Test
	void vhostHasACertificateOfItsOwn() {
		assertThat(Documents.warnings("\"server\": true, \"endpoint\": \"!web\", \"tls\": true")).isEmpty();
	}

	@Test
	void namesThePlace() {
		List<PolicyProblem> warnings = PolicyJson.read("""
				{
					"s": [
						{ "x": { "endpoint": "a", "port": 1,
							"opportunistic": true,
							"nailed_up": true } }
					]
				}
				""", "test").warnings();
		assertThat(warnings).singleElement().satisfies((warning) -> {
			assertThat(warning.path()).isEqualTo("s[0].x.nailed_up");
			assertThat(warning.line()).isEqualTo(5);
			assertThat(warning.column()).isEqualTo(17);
			assertThat(warning.toString()).startsWith("test: s[0].x.nailed_up (line 5, column 17): warning: ");
		});
	}

	@Test
	void retryTableShorterThanConcealIsNamed() {
		assertThat(PolicyJson.read("{ \"retry\": [ { \"r\": { \"backoff\": [ 1, 2 ], \"conceal\": 5 } } ] }", "test")
			.warnings()).extracting(PolicyProblem::message)
			.containsExactly("conceals 5 retries, but \"backoff\" has 2 delays: the last one serves for the others");
	}

	@Test
	void concealForEverNeedsNoLongerTable() {
		assertThat(PolicyJson.read("{ \"retry\": [ { \"r\": { \"backoff\": [ 1 ], \"conceal\": 65535 } } ] }", "test")
			.warnings()).isEmpty();
	}

	@Test
	void sectionsWithoutEffectAreNamed() {
		assertThat(PolicyJson
			.read("{ \"metrics\": [ { \"name\": \"m\" } ], \"auth\": [ { \"name\": \"a\", \"type\": \"sigv5\" },"
					+ " { \"name\": \"b\", \"type\": \"lwa\", \"streamtype\": \"x\", \"blob\": 3 } ], "
					+ "\"s\": [ { \"x\": { \"endpoint\": \"e\", \"port\": 1 } } ] }", "test")
			.warnings()).extracting(PolicyProblem::message)
			.containsExactly("unknown type \"sigv5\": no stream can use it",
					"streamtype \"x\" sends no form, as token servers expect",
					"no blob follows that a token could be asked for with: none is ever fetched");
	}

	@Test
	void overlayIsJudgedByWhatItGives() {
		PolicyDocument base = PolicyJson.read(Documents.of(CLIENT + "\"nailed_up\": true"), "base");
		assertThat(base.warnings()).isEmpty();
		assertThat(PolicyJson.overlay(base.policy(), "{ \"s\": [ { \"x\": { \"opportunistic\": true } } ] }", "overlay")
			.warnings()).extracting(PolicyProblem::path).containsExactly("s[0].x.opportunistic");
		assertThat(
				PolicyJson.overlay(base.policy(), "{ \"s\": [ { \"x\": { \"port\": 81 } } ] }", "overlay").warnings())
			.isEmpty();
	}

}
