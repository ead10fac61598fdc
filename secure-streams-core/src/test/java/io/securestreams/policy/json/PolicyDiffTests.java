package io.securestreams.policy.json;

import io.securestreams.policy.Policy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What differs between two policies can be read by people, and has no secrets.
 */
class PolicyDiffTests {

	private static Policy policy(String members) {
		return PolicyJson.read("{" + members + "}", "test").policy();
	}

	private static PolicyDiff between(String before, String after) {
		return PolicyDiff.between(policy(before), policy(after));
	}

	private static PolicyDiff betweenStreams(String before, String after) {
		return between("\"s\": [" + before + "]", "\"s\": [" + after + "]");
	}

	@Test
	void nothingDiffersBetweenEqualPolicies() {
		String document = "\"release\": \"1\", \"s\": [ { \"x\": { \"endpoint\": \"a\", \"metadata\": [ { \"m\": \"\" } ] } } ]";
		assertThat(between(document, document).isEmpty()).isTrue();
		assertThat(between(document, document)).hasToString("");
	}

	@Test
	void namesKeysAsTheDocumentDoes() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\", \"port\": 80, \"timeout_ms\": 5 } }",
				"{ \"x\": { \"endpoint\": \"b\", \"port\": 443, \"timeout_ms\": 5, \"tls\": true } }")
			.lines()).containsExactly("s.x.endpoint: \"a\" -> \"b\"", "s.x.port: 80 -> 443", "s.x.tls: false -> true");
	}

	@Test
	void tellsWhichStreamtypesCameAndWent() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\", \"port\": 80 } }",
				"{ \"y\": { \"server\": true, \"protocol\": \"raw\", \"port\": 81 } }")
			.lines())
			.containsExactly("s.x: removed, was h1 to \"a\" port 80", "s.y: added, server, raw on \"\" port 81");
	}

	@Test
	void valuesThatComeAndGo() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\", \"client_cert\": 1, \"tls\": true } }",
				"{ \"x\": { \"endpoint\": \"a\", \"tls\": true, \"metadata\": [ { \"m\": \"x-m:\" } ] } }")
			.lines()).containsExactly("s.x.client_cert: removed, was 1", "s.x.metadata: [] -> [\"m\" as \"x-m:\"]");
	}

	@Test
	void aChangedEntryOfASectionIsToldOnce() {
		String streams = ", \"s\": [ { \"x\": { \"endpoint\": \"a\", \"retry\": \"r\" } }, "
				+ "{ \"y\": { \"endpoint\": \"a\", \"retry\": \"r\" } } ]";
		assertThat(between(
				"\"retry\": [ { \"r\": { \"backoff\": [ 1000 ], \"conceal\": 1, \"jitterpc\": 20 } } ]" + streams,
				"\"retry\": [ { \"r\": { \"backoff\": [ 2000 ], \"conceal\": 1, \"jitterpc\": 20 } } ]" + streams)
			.lines())
			.containsExactly("retry.r: backoff [1000 ms], conceal 1, jitterpc 20, svalidping 0 s, svalidhup 0 s"
					+ " -> backoff [2000 ms], conceal 1, jitterpc 20, svalidping 0 s, svalidhup 0 s");
	}

	@Test
	void anotherEntryIsToldWhereItIsReferredTo() {
		String retries = "\"retry\": [ { \"r\": { \"backoff\": [ 1 ] } }, { \"q\": { \"backoff\": [ 1 ] } } ], \"s\": [ ";
		assertThat(between(retries + "{ \"x\": { \"endpoint\": \"a\", \"retry\": \"r\" } } ]",
				retries + "{ \"x\": { \"endpoint\": \"a\", \"retry\": \"q\" } } ]")
			.lines()).containsExactly("s.x.retry: \"r\" -> \"q\"");
	}

	@Test
	void passwordsAreNotShown() {
		PolicyDiff diff = between(
				"\"via-socks5\": \"me:one@proxy:1\", \"s\": [ { \"x\": { \"endpoint\": \"http://me:one@a/\" } } ]",
				"\"via-socks5\": \"me:two@proxy:1\", \"s\": [ { \"x\": { \"endpoint\": \"http://me:two@a/\" } } ]");
		assertThat(diff.lines()).hasSize(2);
		assertThat(diff.toString()).doesNotContain("one@", "two@").contains("another one");
	}

	@Test
	void aProtocolThatChangesTakesItsKeysAlong() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\", \"http_url\": \"u\", \"protocol\": \"h1\" } }",
				"{ \"x\": { \"endpoint\": \"a\", \"protocol\": \"raw\" } }")
			.lines()).containsExactly("s.x.protocol: h1 -> raw", "s.x.http_url: \"u\" -> \"\"");
	}

	@Test
	void linesCannotBeForged() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\" } }",
				"{ \"x\": { \"endpoint\": \"a\", \"payload_fmt\": \"" + "z".repeat(1000) + "\" } }")
			.toString()).hasSizeLessThan(200);
	}

}
