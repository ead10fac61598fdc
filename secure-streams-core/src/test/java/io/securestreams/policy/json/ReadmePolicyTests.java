package io.securestreams.policy.json;

import java.time.Duration;

import io.securestreams.policy.HttpPolicy;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.policy.StreamPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The documents that the README of Secure Streams shows.
 */
class ReadmePolicyTests {

	static final String README = """
			{
				"release": "01234567",
				"product": "myproduct",
				"schema-version": 1,
				"retry": [{
					"default": {
						"backoff": [1000, 2000, 3000, 5000, 10000],
						"conceal": 5,
						"jitterpc": 20
					}
				}],
				"certs": [{
					"isrg_root_x1": "%s"
				}, {
					"LEX3_isrg_root_x1": "%s"
				}],
				"trust_stores": [{
					"le_via_isrg": ["isrg_root_x1", "LEX3_isrg_root_x1"]
				}],
				"s": [{
					"mintest": {
						"endpoint": "warmcat.com",
						"port": 4443,
						"protocol": "h1get",
						"aux": "index.html",
						"plugins": [],
						"tls": true,
						"opportunistic": true,
						"retry": "default",
						"tls_trust_store": "le_via_isrg"
					}
				}]
			}
			""".formatted(TestCertificates.base64(TestCertificates.RSA), TestCertificates.base64(TestCertificates.EC));

	@Test
	void examplePolicyLoads() {
		PolicyDocument document = PolicyJson.read(README, "readme");
		assertThat(document.warnings()).isEmpty();
		Policy policy = document.policy();
		assertThat(policy.release()).isEqualTo("01234567");
		assertThat(policy.product()).isEqualTo("myproduct");
		assertThat(policy.schemaVersion()).isEqualTo(1);
		assertThat(policy.streamTypes()).containsOnlyKeys("mintest");
		StreamPolicy mintest = policy.streamType("mintest").orElseThrow();
		assertThat(mintest.role()).isEqualTo(StreamPolicy.Role.CLIENT);
		assertThat(mintest.endpoint().address().text()).isEqualTo("warmcat.com");
		assertThat(mintest.endpoint().port()).isEqualTo(4443);
		assertThat(mintest.tls().enabled()).isTrue();
		assertThat(mintest.tls().trustStore()).isSameAs(policy.trustStores().get("le_via_isrg"));
		assertThat(policy.trustStores().get("le_via_isrg").certificates())
			.containsExactly(TestCertificates.RSA.getCertificate(), TestCertificates.EC.getCertificate());
		assertThat(mintest.persistence().opportunistic()).isTrue();
		RetryPolicy retry = mintest.persistence().retry();
		assertThat(retry).isSameAs(policy.retries().get("default"));
		assertThat(retry.backoff()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3),
				Duration.ofSeconds(5), Duration.ofSeconds(10));
		assertThat(retry.conceal()).isEqualTo(5);
		assertThat(retry.jitterPercent()).isEqualTo(20);
		HttpPolicy http = (HttpPolicy) mintest.protocol();
		assertThat(http.protocol()).isEqualTo(Protocol.H1);
		assertThat(http.method()).isEqualTo("GET");
		assertThat(http.url().text()).isEqualTo("index.html");
	}

	@Test
	void exampleOverlayApplies() {
		Policy policy = PolicyJson.read("""
				{ "s": [{ "captive_portal_detect": {
					"endpoint": "connectivitycheck.android.com",
					"port": 80,
					"protocol": "h1",
					"http_method": "GET",
					"http_url": "generate_204",
					"opportunistic": true,
					"http_expect": 204,
					"http_fail_redirect": true
				}}]}
				""", "policy").policy();
		PolicyDocument overlaid = PolicyJson.overlay(policy, """
				{ "s": [{ "captive_portal_detect": {
					"endpoint": "google.com",
					"http_url": "/",
					"port": 80
				}}]}
				""", "overlay");
		assertThat(overlaid.warnings()).isEmpty();
		StreamPolicy stream = overlaid.policy().streamType("captive_portal_detect").orElseThrow();
		assertThat(stream.endpoint().address().text()).isEqualTo("google.com");
		HttpPolicy http = (HttpPolicy) stream.protocol();
		assertThat(http.url().text()).isEqualTo("/");
		assertThat(http.outcome().expect()).isEqualTo(204);
		assertThat(http.redirects().captivePortal()).isTrue();
		assertThat(stream.persistence().opportunistic()).isTrue();
	}

	@Test
	void elidedCertificateIsRefused() {
		String elided = README.replace(TestCertificates.base64(TestCertificates.RSA), "MIIFazCCA1OgAw...AnX5iItreGCc=");
		assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> PolicyJson.read(elided, "readme"))
			.withMessage("readme: certs[0].isrg_root_x1 (line 13, column 19): invalid base64 at character 14 "
					+ "(expected: A-Z, a-z, 0-9, +, / and = at the end)");
	}

}
