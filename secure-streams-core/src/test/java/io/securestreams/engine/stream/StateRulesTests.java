package io.securestreams.engine.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.stream.StreamState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every pair of states against the published table, which is copied here by hand as it is
 * printed, and against our additions to it.
 */
class StateRulesTests {

	private static final String PUBLISHED = """
			0                  | CREATING, DESTROYING
			CREATING           | CONNECTING, TIMEOUT, POLL, SERVER_UPGRADE, DESTROYING
			DISCONNECTED       | CONNECTING, CONNECTED, TIMEOUT, POLL, DESTROYING, UNREACHABLE
			UNREACHABLE        | ALL_RETRIES_FAILED, TIMEOUT, POLL, UNREACHABLE, CONNECTING, CONNECTED, DESTROYING
			AUTH_FAILED        | ALL_RETRIES_FAILED, TIMEOUT, CONNECTING, DESTROYING
			CONNECTED          | SERVER_UPGRADE, SERVER_TXN, AUTH_FAILED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, QOS_ACK_LOCAL,\
			 QOS_NACK_LOCAL, DISCONNECTED, TIMEOUT, CONNECTING, POLL, DESTROYING
			CONNECTING         | UNREACHABLE, AUTH_FAILED, CONNECTING, CONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, TIMEOUT,\
			 POLL, ALL_RETRIES_FAILED, DISCONNECTED, DESTROYING
			DESTROYING         |
			POLL               | CONNECTING, TIMEOUT, ALL_RETRIES_FAILED, DESTROYING
			ALL_RETRIES_FAILED | CONNECTING, POLL, TIMEOUT, UNREACHABLE, DESTROYING
			QOS_ACK_REMOTE     | DISCONNECTED, TIMEOUT, CONNECTING, DESTROYING, QOS_ACK_REMOTE, QOS_NACK_REMOTE
			QOS_NACK_REMOTE    | DISCONNECTED, TIMEOUT, DESTROYING, QOS_ACK_REMOTE, QOS_NACK_REMOTE
			QOS_ACK_LOCAL      | DISCONNECTED, TIMEOUT, DESTROYING
			QOS_NACK_LOCAL     | DESTROYING, TIMEOUT
			TIMEOUT            | CONNECTING, CONNECTED, QOS_ACK_REMOTE, QOS_NACK_REMOTE, POLL, TIMEOUT, DISCONNECTED,\
			 UNREACHABLE, DESTROYING
			SERVER_TXN         | DISCONNECTED, TIMEOUT, SERVER_TXN, DESTROYING
			SERVER_UPGRADE     | SERVER_UPGRADE, SERVER_TXN, TIMEOUT, DISCONNECTED, DESTROYING
			""";

	private static final String ADDED = """
			CREATING           | ALL_RETRIES_FAILED
			DISCONNECTED       | ALL_RETRIES_FAILED
			ALL_RETRIES_FAILED | ALL_RETRIES_FAILED
			AUTH_FAILED        | POLL, DISCONNECTED
			TIMEOUT            | ALL_RETRIES_FAILED, AUTH_FAILED, QOS_ACK_LOCAL, QOS_NACK_LOCAL, SERVER_TXN, SERVER_UPGRADE
			CONNECTING         | SERVER_UPGRADE
			SERVER_UPGRADE     | CONNECTED
			SERVER_TXN         | SERVER_UPGRADE
			""";

	private static final Set<StreamState> FROM_ANYWHERE = Set.of(StreamState.EVENT_WAIT_CANCELLED,
			StreamState.UPSTREAM_LINK_RETRY, StreamState.SINK_JOIN, StreamState.SINK_PART);

	static Stream<Arguments> pairs() {
		List<@Nullable StreamState> lasts = new ArrayList<>();
		lasts.add(null);
		lasts.addAll(Arrays.asList(StreamState.values()));
		return lasts.stream()
			.flatMap((last) -> Arrays.stream(StreamState.values()).map((next) -> Arguments.of(last, next)));
	}

	@ParameterizedTest(name = "{0} -> {1}")
	@MethodSource("pairs")
	void everyPairIsAsPublished(@Nullable StreamState last, StreamState next) {
		String from = (last != null) ? last.name() : "0";
		// A sink is asked before its end of the pair is announced
		boolean alive = (last != null || next == StreamState.SINK_JOIN) && last != StreamState.DESTROYING;
		boolean expected = FROM_ANYWHERE.contains(next) ? alive
				: names(PUBLISHED, from).contains(next.name()) || names(ADDED, from).contains(next.name());
		assertThat(StateRules.allows(last, next)).isEqualTo(expected);
	}

	@Test
	void nothingIsAddedThatWasThereBefore() {
		Map<String, String> added = table(ADDED);
		added.keySet()
			.forEach((from) -> assertThat(names(PUBLISHED, from)).doesNotContainAnyElementsOf(names(ADDED, from)));
	}

	@ParameterizedTest
	@MethodSource("pairs")
	void exemptStatesAreNotRemembered(@Nullable StreamState ignored, StreamState state) {
		assertThat(StateRules.isExempt(state)).isEqualTo(FROM_ANYWHERE.contains(state));
	}

	private static List<String> names(String table, String from) {
		String row = table(table).getOrDefault(from, "");
		return Arrays.stream(row.split(",")).map(String::strip).filter((name) -> !name.isEmpty()).toList();
	}

	private static Map<String, String> table(String text) {
		Map<String, String> rows = new TreeMap<>();
		text.lines().forEach((line) -> {
			int bar = line.indexOf('|');
			rows.put(line.substring(0, bar).strip(), line.substring(bar + 1));
		});
		return rows;
	}

}
