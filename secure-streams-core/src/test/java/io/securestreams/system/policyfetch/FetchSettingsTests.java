package io.securestreams.system.policyfetch;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.securestreams.system.policyfetch.RefreshOutcome.Result;

import static io.securestreams.system.policyfetch.RefreshFixture.client;
import static io.securestreams.system.policyfetch.RefreshFixture.document;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Whether, how often and how patiently policies are fetched, as operators say.
 */
@Timeout(60)
class FetchSettingsTests {

	private static FetchSettings settings(boolean enabled, Duration interval, Duration timeout, int maxSize,
			Duration trial) {
		return new FetchSettings(enabled, interval, timeout, maxSize, trial, null, FetchPermissions.NONE, null);
	}

	@ParameterizedTest
	@CsvSource({ "-PT1S, PT1S, 1, PT0S, interval: PT-1S (expected: 0ms or more)",
			"PT0S, PT0.0001S, 1, PT0S, timeout: PT0.0001S (expected: 1ms or more)",
			"PT0S, PT1S, 1, -PT1M, trial: PT-1M (expected: 0ms or more)",
			"PT0S, PT1S, 0, PT0S, max-size: 0 (expected: 1 byte or more)" })
	void whatMakesNoSenseIsRefusedByName(Duration interval, Duration timeout, int maxSize, Duration trial,
			String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(true, interval, timeout, maxSize, trial))
			.withMessage(message);
	}

	@Test
	void nothingIsFetchedWhereThatIsTurnedOff() {
		FetchSettings off = settings(false, Duration.ofHours(1), Duration.ofSeconds(10), 100_000, Duration.ZERO);
		try (PolicyServer server = new PolicyServer();
				RefreshFixture fixture = new RefreshFixture(document(server.port()), off)) {
			server.serve(document(server.port(), client("new", 2, "")));
			RefreshOutcome outcome = fixture.start();
			assertThat(outcome.result()).isEqualTo(Result.NOT_AVAILABLE);
			assertThat(outcome.message()).isEqualTo("the policy is not fetched: that is turned off");
			assertThat(fixture.refresh().result()).isEqualTo(Result.NOT_AVAILABLE);
			assertThat(fixture.changes).isEmpty();
			assertThat(server.requests).isEmpty();
		}
	}

}
