package io.securestreams.system.policyfetch;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.json.PolicyDiff;
import io.securestreams.policy.json.PolicyProblem;

/**
 * How the policy in force came about, at one moment.
 *
 * @param origin where it comes from
 * @param loadedAt since when it is in force
 * @param overlays names of the overlays on it, in order
 * @param fetching whether it is fetched
 * @param lastFetch what came of the last fetch, {@code null} before the first
 * @param failures fetches that have failed in a row
 * @param nextFetch when it is fetched next, or {@code null}
 * @param onTrial whether it is being watched, and may be taken back
 * @param lastDiff what the last change was
 * @param warnings what is suspicious in the overlays
 */
public record PolicyStatus(Origin origin, Instant loadedAt, List<String> overlays, boolean fetching,
		@Nullable RefreshOutcome lastFetch, int failures, @Nullable Instant nextFetch, boolean onTrial,
		PolicyDiff lastDiff, List<PolicyProblem> warnings) {

	public PolicyStatus {
		overlays = List.copyOf(overlays);
		warnings = List.copyOf(warnings);
	}

	/**
	 * Where a policy comes from.
	 */
	public enum Origin {

		/** This installation. */
		LOCAL,
		/** The server. */
		FETCHED,
		/** The server, at an earlier start. */
		CACHE

	}

}
