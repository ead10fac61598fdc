package io.securestreams.proxy.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.securestreams.engine.stream.StateRules;
import io.securestreams.stream.StreamState;

import static io.securestreams.stream.StreamState.ALL_RETRIES_FAILED;
import static io.securestreams.stream.StreamState.AUTH_FAILED;
import static io.securestreams.stream.StreamState.CONNECTED;
import static io.securestreams.stream.StreamState.CONNECTING;
import static io.securestreams.stream.StreamState.CREATING;
import static io.securestreams.stream.StreamState.DISCONNECTED;
import static io.securestreams.stream.StreamState.POLL;
import static io.securestreams.stream.StreamState.TIMEOUT;
import static io.securestreams.stream.StreamState.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients are told of states.
 */
class ClientStatesTests {

	private final ClientStates states = new ClientStates();

	private List<StreamState> told(StreamState... reported) {
		List<StreamState> all = new ArrayList<>();
		Arrays.stream(reported).forEach((state) -> all.addAll(this.states.next(state)));
		return all;
	}

	@Test
	void whatIsInTheTableIsToldAsItIs() {
		assertThat(told(CREATING, POLL, CONNECTING, CONNECTED, TIMEOUT, DISCONNECTED)).containsExactly(CREATING, POLL,
				CONNECTING, CONNECTED, TIMEOUT, DISCONNECTED);
	}

	@Test
	void clientsMayAskAgainAfterAllRetriesHaveFailed() {
		assertThat(told(CREATING, CONNECTING, CONNECTED, DISCONNECTED, ALL_RETRIES_FAILED)).containsExactly(CREATING,
				CONNECTING, CONNECTED, DISCONNECTED, UNREACHABLE, ALL_RETRIES_FAILED);
		assertThat(told(ALL_RETRIES_FAILED)).containsExactly(UNREACHABLE, ALL_RETRIES_FAILED);
	}

	@Test
	void anEndpointThatCannotBeExpandedWasNotReached() {
		assertThat(told(CREATING, ALL_RETRIES_FAILED)).containsExactly(CREATING, CONNECTING, UNREACHABLE,
				ALL_RETRIES_FAILED);
	}

	@Test
	void authFailedEndsAConnectionByItself() {
		assertThat(told(CREATING, CONNECTING, CONNECTED, AUTH_FAILED, DISCONNECTED, POLL, CONNECTING))
			.containsExactly(CREATING, CONNECTING, CONNECTED, AUTH_FAILED, CONNECTING);
	}

	@ParameterizedTest
	@EnumSource(names = { "EVENT_WAIT_CANCELLED", "UPSTREAM_LINK_RETRY", "SINK_JOIN", "SINK_PART", "DESTROYING" })
	void whatIsNotForClientsIsNotTold(StreamState state) {
		told(CREATING, CONNECTING);
		assertThat(told(state)).isEmpty();
		assertThat(told(CONNECTED)).containsExactly(CONNECTED);
	}

	@Test
	void whateverOurStreamsReportClientsNeverHearWhatTheirTableDoesNotHave() {
		Random random = new Random(7);
		List<StreamState> all = List.copyOf(EnumSet.complementOf(EnumSet.of(StreamState.DESTROYING)));
		for (int round = 0; round < 2000; round++) {
			ClientStates client = new ClientStates();
			StreamState reported = null;
			StreamState last = null;
			for (int step = 0; step < 40; step++) {
				StreamState next = all.get(random.nextInt(all.size()));
				if (!StateRules.allows(reported, next)) {
					continue;
				}
				if (next.code() < 17) {
					reported = next;
				}
				for (StreamState state : client.next(next)) {
					assertThat(ClientStates.allows(last, state)).as("%s after %s", state, last).isTrue();
					last = state;
				}
			}
		}
	}

}
