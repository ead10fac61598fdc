package io.securestreams.system.policyfetch;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.policy.Policy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a policy from elsewhere may do without leave, and what stays in spite of it.
 */
class FetchRulesTests {

	private static final String SERVER = "{\"web\": {\"server\": true, \"protocol\": \"h1\", \"port\": 80}}";

	private static final String SINK = "{\"sink\": {\"local_sink\": true}}";

	private static final String LOCAL = "{\"product\": \"toaster\", \"s\": [{\"fetch_policy\": {\"endpoint\": \"a\", "
			+ "\"port\": 443, \"tls\": true}}, " + SERVER + "," + SINK + "]}";

	private static Policy policy(String json) {
		return RefreshFixture.policy(json);
	}

	private static Policy fetched(String... streamTypes) {
		return policy("{\"product\": \"toaster\", \"s\": [" + String.join(",", streamTypes) + "]}");
	}

	private static List<String> violations(FetchPermissions allowed, String... streamTypes) {
		return new FetchRules(policy(LOCAL), allowed).violations(fetched(streamTypes));
	}

	@ParameterizedTest
	@ValueSource(strings = { "file:///etc/passwd", "FILE:///etc/passwd", "${empty}file:///etc/passwd",
			"fi${empty}le:///etc/passwd", "+/run/docker.sock", "+@abstract", "${empty}+/run/docker.sock" })
	void filesAndUnixSocketsAreNotForPoliciesFromElsewhere(String endpoint) {
		String stream = "{\"x\": {\"endpoint\": \"" + endpoint + "\", \"metadata\": [{\"empty\": \"\"}]}}";
		assertThat(violations(FetchPermissions.NONE, stream)).hasSize(1);
		assertThat(violations(new FetchPermissions(true, true, false, false, false), stream)).isEmpty();
	}

	@Test
	void serversAndSinksAreNotForPoliciesFromElsewhere() {
		String server = "{\"other\": {\"server\": true, \"protocol\": \"h1\", \"port\": 81}}";
		String sink = "{\"another\": {\"local_sink\": true}}";
		assertThat(violations(FetchPermissions.NONE, server, sink)).hasSize(2);
		assertThat(violations(new FetchPermissions(false, false, true, true, false), server, sink)).isEmpty();
		assertThat(violations(FetchPermissions.NONE, "{\"web\": {\"endpoint\": \"a\"}}",
				"{\"sink\": {\"endpoint\": \"a\"}}"))
			.hasSize(2);
	}

	@Test
	void whatThisInstallationHasAnywayIsAllowed() {
		assertThat(violations(FetchPermissions.NONE, SERVER, SINK)).isEmpty();
	}

	@Test
	void trustInTheSourceIsNotForPoliciesFromElsewhere() {
		String plain = "{\"fetch_policy\": {\"endpoint\": \"b\", \"port\": 80}}";
		assertThat(violations(FetchPermissions.NONE, plain)).hasSize(1);
		assertThat(violations(new FetchPermissions(false, false, false, false, true), plain)).isEmpty();
		assertThat(violations(FetchPermissions.NONE,
				"{\"fetch_policy\": {\"endpoint\": \"b\", \"port\": 443, \"tls\": true}}"))
			.isEmpty();
	}

	@Test
	void everyViolationIsNamedWithItsStreamtype() {
		Policy fetched = policy("""
				{"product": "kettle", "s": [
				{"fine": {"endpoint": "a", "port": 443}},
				{"door": {"server": true, "protocol": "h1", "port": 81}},
				{"sink": {"endpoint": "a"}},
				{"reader": {"endpoint": "file:///etc/passwd"}},
				{"docker": {"endpoint": "+/run/docker.sock"}},
				{"fetch_policy": {"endpoint": "b", "port": 80}}]}
				""");
		assertThat(new FetchRules(policy(LOCAL), FetchPermissions.NONE).violations(fetched)).containsExactly(
				"product: \"kettle\" (expected: \"toaster\")",
				"s.door: a fetched policy may not define or replace servers",
				"s.sink: a fetched policy may not define or replace local sinks",
				"s.reader: a fetched policy may not read files", "s.docker: a fetched policy may not use unix sockets",
				"s.fetch_policy: a fetched policy may not change how its own source is trusted");
	}

	@Test
	void policiesForAnotherProductAreRefused() {
		FetchRules rules = new FetchRules(policy(LOCAL), FetchPermissions.NONE);
		assertThat(rules.violations(policy("{\"product\": \"kettle\", \"s\": []}"))).hasSize(1);
		assertThat(rules.violations(policy("{\"s\": []}"))).hasSize(1);
		assertThat(new FetchRules(policy("{}"), FetchPermissions.NONE).violations(policy("{\"product\": \"kettle\"}")))
			.isEmpty();
	}

	@Test
	void whatItHasNoSayInStays() {
		FetchRules rules = new FetchRules(policy(LOCAL), FetchPermissions.NONE);
		assertThat(rules.merge(fetched("{\"x\": {\"endpoint\": \"a\"}}")).streamTypes()).containsOnlyKeys("x",
				"fetch_policy", "web", "sink");
		FetchRules leave = new FetchRules(policy(LOCAL), new FetchPermissions(false, false, true, true, false));
		assertThat(leave.merge(fetched("{\"x\": {\"endpoint\": \"a\"}}")).streamTypes()).containsOnlyKeys("x",
				"fetch_policy");
	}

	@ParameterizedTest
	@CsvSource({ "1, 2, true", "2, 1, false", "1, 1, false", "1.9, 1.10, true", "1.0, 1, false", "0099, 100, true",
			"abc, 1, false", "1, abc, false", "'', 1, false" })
	void releasesAreComparedAsNumbers(String release, String than, boolean older) {
		assertThat(FetchRules.isOlder(release, than)).isEqualTo(older);
	}

}
