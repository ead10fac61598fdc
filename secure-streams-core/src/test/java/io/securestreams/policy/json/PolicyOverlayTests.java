package io.securestreams.policy.json;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An overlay gives a new policy from an old one, which stays as it is.
 */
class PolicyOverlayTests {

	private static final Policy BASE = PolicyJson.read(Documents.of("""
			"endpoint": "example.com", "port": 443, "tls": true, "tls_trust_store": "mine", "retry": "slow",
			"http_url": "old", "opportunistic": true,
			"metadata": [ { "a": "x-a:" }, { "b": "" } ], "http_resp_map": [ { "530": 1530 } ]"""), "base").policy();

	private static PolicyDocument overlay(String keys) {
		return PolicyJson.overlay(BASE, "{ \"s\": [ { \"x\": {" + keys + "} } ] }", "overlay");
	}

	private static StreamPolicy overlaid(String keys) {
		return overlay(keys).policy().streamType("x").orElseThrow();
	}

	@Test
	void keysOverwriteAndOthersStay() {
		StreamPolicy before = BASE.streamType("x").orElseThrow();
		StreamPolicy overlaid = overlaid("\"endpoint\": \"google.com\", \"port\": 80");
		assertThat(overlaid.endpoint().address().text()).isEqualTo("google.com");
		assertThat(overlaid.endpoint().port()).isEqualTo(80);
		assertThat(overlaid.tls()).isEqualTo(before.tls());
		assertThat(overlaid.protocol()).isEqualTo(before.protocol());
		assertThat(before.endpoint().port()).isEqualTo(443);
	}

	@Test
	void flagsCanBeCleared() {
		assertThat(overlaid("\"tls\": false, \"opportunistic\": false").persistence().opportunistic()).isFalse();
	}

	@Test
	void metadataIsAddedInFrontAndHidesWhatHasTheSameName() {
		assertThat(overlaid("\"metadata\": [ { \"c\": \"x-c:\" }, { \"a\": \"\" } ]").metadata()).containsExactly(
				new MetadataDeclaration("c", "x-c:"), new MetadataDeclaration("a", ""),
				new MetadataDeclaration("b", ""));
	}

	@Test
	void responseMapIsReplaced() {
		assertThat(
				((HttpPolicy) overlaid("\"http_resp_map\": [ { \"531\": 1531 } ]").protocol()).outcome().userStates())
			.containsOnlyKeys(531);
	}

	@Test
	void streamTypesMatchByTheirWholeName() {
		Policy overlaid = PolicyJson.overlay(BASE, "{ \"s\": [ { \"x2\": { \"port\": 1 } } ] }", "overlay").policy();
		assertThat(overlaid.streamTypes()).containsOnlyKeys("x", "x2");
		assertThat(overlaid.streamType("x")).isEqualTo(BASE.streamType("x"));
	}

	@Test
	void mayReferToItsOwnDefinitionsAndToThoseOfThePolicy() {
		Policy overlaid = PolicyJson.overlay(BASE, """
				{ "retry": [ { "fast": { "backoff": [ 1 ] } } ], "s": [ { "x": { "retry": "fast" } },
				{ "y": { "endpoint": "a", "port": 1, "retry": "slow" } } ] }
				""", "overlay").policy();
		assertThat(overlaid.streamType("x").orElseThrow().persistence().retry().name()).isEqualTo("fast");
		assertThat(overlaid.streamType("y").orElseThrow().persistence().retry().name()).isEqualTo("slow");
	}

	@Test
	void whatIsNoStreamTypeHasNoEffectAndIsNamed() {
		PolicyDocument overlaid = PolicyJson.overlay(BASE,
				"{ \"release\": \"2\", \"via-socks5\": \"a:1\", \"metrics\": [ { \"name\": \"m\" } ] }", "overlay");
		assertThat(overlaid.policy()).isEqualTo(BASE);
		assertThat(overlaid.warnings()).extracting(PolicyProblem::message)
			.containsExactly("\"release\" has no effect in an overlay", "\"via-socks5\" has no effect in an overlay",
					"\"metrics\" has no effect in an overlay");
	}

	@Test
	void badOverlayIsRefusedAsAWhole() {
		assertThat(org.assertj.core.api.Assertions
			.catchThrowableOfType(PolicyException.class, () -> overlay("\"port\": 80, \"protocol\": \"h9\""))
			.problems()).singleElement()
			.hasToString(
					"overlay: s[0].x.protocol (line 1, column 42): \"h9\" (expected: h1, h2, h3, ws, mqtt or raw)");
	}

	@Test
	void olderSpellingsCountInOverlaysToo() {
		assertThat(((HttpPolicy) overlaid("\"aux\": \"new\"").protocol()).url().text()).isEqualTo("new");
	}

}
