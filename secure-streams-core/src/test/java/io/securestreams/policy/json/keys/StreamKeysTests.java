package io.securestreams.policy.json.keys;

import java.util.List;

import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.json.AuthSection;
import io.securestreams.policy.json.DocumentKeys;
import io.securestreams.policy.json.Documents;
import io.securestreams.policy.json.KeySample;
import io.securestreams.policy.json.MetricsSection;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.policy.json.RetrySection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of a streamtype reaches its value, and refuses a wrong one.
 */
class StreamKeysTests {

	static final List<KeySample> SAMPLES = KeySample.ALL;

	@Test
	void everyKeyHasASample() {
		assertThat(SAMPLES.stream().map(KeySample::key)).containsExactlyInAnyOrderElementsOf(StreamKeys.TABLE.names());
	}

	@ParameterizedTest
	@FieldSource("SAMPLES")
	void isRead(KeySample sample) {
		StreamPolicy policy = PolicyJson.read(sample.document(), "test").policy().streamType("x").orElseThrow();
		assertThat(sample.found().apply(policy)).hasToString(sample.expected());
	}

	/** An overlay that changes nothing takes a streamtype apart and puts it together. */
	@ParameterizedTest
	@FieldSource("SAMPLES")
	void survivesAnOverlay(KeySample sample) {
		Policy policy = PolicyJson.read(sample.document(), "test").policy();
		assertThat(PolicyJson.overlay(policy, "{ \"s\": [ { \"x\": {} } ] }", "overlay").policy()).isEqualTo(policy);
	}

	@ParameterizedTest
	@FieldSource("SAMPLES")
	void isOverlaid(KeySample sample) {
		Policy policy = PolicyJson.read("{" + Documents.SECTIONS + "\"s\": [ { \"y\": {}, \"x\": {} } ] }", "test")
			.policy();
		String overlay = "{ \"s\": [ { \"x\": {" + sample.with() + "\"" + sample.key() + "\": " + sample.value()
				+ "} } ] }";
		StreamPolicy overlaid = PolicyJson.overlay(policy, overlay, "overlay").policy().streamType("x").orElseThrow();
		assertThat(sample.found().apply(overlaid)).hasToString(sample.expected());
	}

	@ParameterizedTest
	@FieldSource("SAMPLES")
	void refusesAWrongValueAndNamesThePlace(KeySample sample) {
		List<String> problems = Documents.problems(sample.badDocument());
		String path = sample.key().matches("[\\w-]+") ? "s[0].x." + sample.key() : "s[0].x[\"" + sample.key() + "\"]";
		assertThat(problems).anySatisfy((problem) -> assertThat(problem).startsWith("test: " + path)
			.contains(" (line ", ", column ")
			.doesNotContain("warning")
			.matches("(?s).*\\(expected: .+\\)|.*no control characters.*"));
	}

	@Test
	void numbersMayBeStrings() {
		assertThat(Documents.stream("\"port\": \"8080\"").endpoint().port()).isEqualTo(8080);
	}

	@Test
	void everyKeyIsKnownInTheSectionsToo() {
		assertThat(DocumentKeys.TABLE.names()).containsExactlyInAnyOrder("release", "product", "schema-version",
				"via-socks5", "retry", "certs", "trust_stores", "auth", "metrics", "s");
		assertThat(RetrySection.KEYS.names()).containsExactlyInAnyOrder("backoff", "conceal", "jitterpc", "svalidping",
				"svalidhup");
		assertThat(AuthSection.KEYS.names()).containsExactlyInAnyOrder("name", "type", "streamtype", "blob");
		assertThat(MetricsSection.KEYS.names()).containsExactlyInAnyOrder("name", "us_schedule", "us_halflife",
				"min_outlier", "report");
	}

}
