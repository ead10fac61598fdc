package io.securestreams.policy.json;

import io.securestreams.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scheme of an endpoint turns TLS on, and never off.
 */
class EndpointSchemeTests {

	@ParameterizedTest
	@ValueSource(strings = { "https", "HTTPS", "wss", "mqtts" })
	void secureSchemeIsTls(String scheme) {
		String keys = "\"endpoint\": \"" + scheme + "://example.com\", \"tls_trust_store\": \"mine\"";
		assertThat(Documents.stream(keys).tls().enabled()).isTrue();
		assertThat(Documents.warnings(keys)).isEmpty();
	}

	@Test
	void secureSchemeIsStrongerThanTlsFalse() {
		String keys = "\"endpoint\": \"https://example.com\", \"tls\": false";
		assertThat(Documents.stream(keys).tls().enabled()).isTrue();
		assertThat(Documents.warnings(keys)).containsExactly("\"tls\": false with an endpoint of https://: "
				+ "the connection travels in TLS (expected: \"tls\": true)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "Http", "ws", "mqtt" })
	void plainSchemeWithTlsIsRefused(String scheme) {
		assertThat(Documents.problems(Documents
			.of("\"endpoint\": \"" + scheme + "://${h}\", \"tls\": true, " + "\"metadata\": [ { \"h\": \"\" } ]")))
			.singleElement()
			.asString()
			.contains("s[0].x.endpoint",
					"\"tls\" with an endpoint of " + scheme.toLowerCase(java.util.Locale.ROOT) + "://, which has none");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://example.com", "${u}://example.com", "ht${u}://example.com", "example.com",
			"+/run/x", "http:80" })
	void otherEndpointsLeaveTlsAsItIs(String endpoint) {
		String keys = "\"endpoint\": \"" + endpoint + "\", \"port\": 1, \"metadata\": [ { \"u\": \"\" } ]";
		assertThat(Documents.stream(keys).tls().enabled()).isFalse();
	}

	@Test
	void overlayCannotTurnTlsOff() {
		Policy base = PolicyJson
			.read(Documents.of("\"endpoint\": \"example.com\", \"port\": 443, \"tls\": true"), "base")
			.policy();
		assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(PolicyException.class,
				() -> PolicyJson.overlay(base, "{ \"s\": [ { \"x\": { \"endpoint\": \"http://a\" } } ] }", "overlay")))
			.hasMessageContaining("s[0].x.endpoint");
	}

}
