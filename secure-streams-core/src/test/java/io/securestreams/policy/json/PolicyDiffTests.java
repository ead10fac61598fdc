package io.securestreams.policy.json;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

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

	/** What anybody may know of certificates and keys. */
	@Test
	void entriesOfSectionsAreToldInWords() {
		String ca = TestCertificates.base64(TestCertificates.RSA);
		String key = TestCertificates.base64(TestCertificates.EC.getKeyPair().getPrivate());
		String auth = "\"auth\": [ { \"name\": \"a\", \"type\": \"lwa\", \"streamtype\": \"login\", \"blob\": 1 }, "
				+ "{ \"name\": \"b\", \"type\": \"sigv4\", \"blob\": 2 } ], ";
		PolicyDiff diff = between("",
				"\"certs\": [ { \"ca\": \"" + ca + "\", \"key\": \"" + key
						+ "\" } ], \"trust_stores\": [ { \"name\": \"mine\", \"stack\": [ \"ca\" ] } ], " + auth
						+ "\"metrics\": [ { \"name\": \"m\" } ], \"s\": [ { \"sink\": { \"local_sink\": true } } ]");
		String certificate = "\"CN=rsa\" until 2200-01-01T00:00:00Z (SHA-256 " + fingerprint() + ")";
		assertThat(diff.lines()).containsExactly("metrics: added, [\"m\"]", "certs.ca: added, " + certificate,
				"certs.key: added, a private key, EC", "trust_stores.mine: added, " + certificate,
				"auth.a: added, \"lwa\" of blob 1, refreshed by \"login\"", "auth.b: added, \"sigv4\" of blob 2",
				"s.sink: added, local sink");
		assertThat(diff.toString()).doesNotContain(key);
	}

	private static String fingerprint() {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest(TestCertificates.RSA.getCertificate().getEncoded());
			return HexFormat.of().formatHex(digest, 0, 8);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whatStreamtypesReferToIsToldByName() {
		String sections = Documents.SECTIONS;
		assertThat(between(sections + "\"s\": [ { \"x\": { \"endpoint\": \"a\", \"tls\": true } } ]",
				sections + "\"s\": [ { \"x\": { \"endpoint\": \"a\", \"tls\": true, \"tls_trust_store\": \"mine\", "
						+ "\"use_auth\": \"aws\", \"http_resp_map\": [ { \"404\": 1404 } ] } } ]")
			.lines()).containsExactlyInAnyOrder("s.x.tls_trust_store: added, \"mine\"", "s.x.use_auth: added, \"aws\"",
					"s.x.http_resp_map: {} -> {404: 1404}");
	}

	@Test
	void linesCannotBeForged() {
		assertThat(betweenStreams("{ \"x\": { \"endpoint\": \"a\" } }",
				"{ \"x\": { \"endpoint\": \"a\", \"payload_fmt\": \"" + "z".repeat(1000) + "\" } }")
			.toString()).hasSizeLessThan(200);
	}

}
