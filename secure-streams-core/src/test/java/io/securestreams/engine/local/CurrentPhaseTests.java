package io.securestreams.engine.local;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.engine.stream.StreamName;

import static io.securestreams.engine.local.ConnectPhase.CLOSED;
import static io.securestreams.engine.local.ConnectPhase.CONNECTED;
import static io.securestreams.engine.local.ConnectPhase.CONNECTING;
import static io.securestreams.engine.local.ConnectPhase.IDLE;
import static io.securestreams.engine.local.ConnectPhase.RETRY_WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CurrentPhaseTests {

	private static final StreamName NAME = StreamName.next("test");

	private static final Map<ConnectPhase, Set<ConnectPhase>> NEXT = Map.of(IDLE,
			Set.of(CONNECTING, RETRY_WAIT, CLOSED), CONNECTING, Set.of(CONNECTED, IDLE, CLOSED), CONNECTED,
			Set.of(IDLE, CLOSED), RETRY_WAIT, Set.of(CONNECTING, IDLE, CLOSED), CLOSED, Set.of());

	static Stream<Arguments> pairs() {
		return Arrays.stream(ConnectPhase.values())
			.flatMap((phase) -> Arrays.stream(ConnectPhase.values()).map((next) -> Arguments.of(phase, next)));
	}

	@ParameterizedTest(name = "{0} -> {1}")
	@MethodSource("pairs")
	void onlySomePhasesFollowEachOther(ConnectPhase phase, ConnectPhase next) {
		boolean legal = NEXT.getOrDefault(phase, Set.of()).contains(next);
		CurrentPhase strict = in(phase, true);
		CurrentPhase lenient = in(phase, false);
		if (legal) {
			strict.enter(next);
			assertThat(strict.is(next)).isTrue();
		}
		else {
			assertThatIllegalStateException().isThrownBy(() -> strict.enter(next))
				.withMessage("[" + NAME.id() + "] defect: phase " + next + " must not follow " + phase);
		}
		lenient.enter(next);
		assertThat(lenient.is(next)).isTrue();
	}

	private static CurrentPhase in(ConnectPhase phase, boolean strict) {
		CurrentPhase current = new CurrentPhase() {
			@Override
			String id() {
				return NAME.id();
			}

			@Override
			boolean isStrict() {
				return strict;
			}
		};
		switch (phase) {
			case IDLE -> {
			}
			case CONNECTED -> {
				current.enter(CONNECTING);
				current.enter(CONNECTED);
			}
			default -> current.enter(phase);
		}
		assertThat(current.is(phase)).isTrue();
		return current;
	}

}
