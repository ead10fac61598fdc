package io.securestreams.policy.json;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.securestreams.policy.json.keys.StreamKeys;
import io.securestreams.policy.json.table.Key;
import io.securestreams.policy.json.table.KeyTable;
import io.securestreams.policy.json.table.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference of all keys says what their table says.
 */
class PolicyReferenceTests {

	static Stream<Key<?>> examples() {
		return StreamKeys.TABLE.keys().stream().filter((key) -> !key.example().isEmpty());
	}

	@Test
	void isWhatTheTableSays() {
		Regenerated.check(Path.of("..", "docs", "policy-reference.md"), PolicyReference.write());
	}

	@Test
	void hasEveryNameThatADocumentMayUse() {
		String reference = PolicyReference.write();
		for (KeyTable table : List.of(DocumentKeys.TABLE, RetrySection.KEYS, TrustStoreSection.KEYS, AuthSection.KEYS,
				MetricsSection.KEYS, StreamKeys.TABLE)) {
			assertThat(table.names()).allSatisfy((name) -> assertThat(reference).contains("`" + name + "`"));
		}
	}

	@Test
	void saysWhereAKeyApplies() {
		assertThat(PolicyReference.scope(Scope.ANY)).isEqualTo("clients and servers; local sinks");
		assertThat(PolicyReference.scope(Scope.WEBSOCKET))
			.isEqualTo("clients of `ws`; servers of `h1`, `h2`, `h3`, `ws`");
		assertThat(PolicyReference.scope(Scope.NOWHERE)).isEqualTo("nothing");
	}

	@ParameterizedTest
	@MethodSource("examples")
	void showsExamplesThatAreAccepted(Key<?> key) {
		String example = key.example()
			.replace("\"retry\": \"default\"", "\"retry\": \"slow\"")
			.replace("\"site\"", "\"leaf\"")
			.replace("\"site-key\"", "\"leaf-key\"");
		assertThat(Documents.stream(example)).isNotNull();
	}

}
