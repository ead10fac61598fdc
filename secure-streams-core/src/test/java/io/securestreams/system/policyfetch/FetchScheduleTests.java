package io.securestreams.system.policyfetch;

import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many applications that lose the policy server together do not come back together.
 */
class FetchScheduleTests {

	private static final int APPLICATIONS = 1000;

	@Test
	void successIsFollowedByTheIntervalGiveOrTakeATenth() {
		Random random = new Random(1);
		FetchSchedule schedule = new FetchSchedule(Duration.ofHours(1), random);
		for (int i = 0; i < 1000; i++) {
			assertThat(schedule.succeeded()).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(66));
		}
	}

	@Test
	void whatTheServerAsksForIsObeyedWithinADay() {
		FetchSchedule schedule = new FetchSchedule(Duration.ofHours(1), new Random(1));
		assertThat(schedule.failed(Duration.ofMinutes(30))).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(31));
		assertThat(schedule.failed(Duration.ofDays(1000))).isBetween(Duration.ofDays(1),
				Duration.ofDays(1).plusMinutes(1));
	}

	@Test
	void retriesAreNeverFartherApartThanTheInterval() {
		FetchSchedule schedule = new FetchSchedule(Duration.ofSeconds(7), new Random(1));
		for (int i = 0; i < 100; i++) {
			assertThat(schedule.failed(null)).isBetween(Duration.ofMillis(2500), Duration.ofSeconds(7));
		}
	}

	/** All of them lose the server at once, for an hour. */
	@Test
	void aStormOfRetriesIsSpread() {
		int[] perSecond = new int[3600];
		int attempts = 0;
		Random random = new Random(1);
		for (int i = 0; i < APPLICATIONS; i++) {
			FetchSchedule schedule = new FetchSchedule(Duration.ofHours(1), random);
			long at = 0;
			while ((at += schedule.failed(null).toMillis()) < 3_600_000) {
				perSecond[(int) (at / 1000)]++;
				attempts++;
			}
		}
		// Backoff: about seven attempts in the first five minutes, then one each ten
		assertThat(attempts / APPLICATIONS).isBetween(10, 18);
		// Jitter: the first wave takes seconds, later ones minutes
		int first = max(perSecond, 0, 30);
		int last = max(perSecond, 1800, 3600);
		assertThat(first).as("of %d in the busiest second", APPLICATIONS).isLessThan(APPLICATIONS / 2);
		assertThat(last).isLessThan(APPLICATIONS / 50);
	}

	private static int max(int[] counts, int from, int to) {
		int max = 0;
		for (int i = from; i < to; i++) {
			max = Math.max(max, counts[i]);
		}
		return max;
	}

}
