package io.securestreams.system.policyfetch;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.securestreams.system.policyfetch.signature.PolicySignature;

/**
 * How policies are fetched.
 *
 * @param enabled whether they are, if there is a streamtype for it
 * @param interval time between fetches, give or take a tenth; zero: only at start
 * @param timeout most time for a fetch, signature included, 1 ms or more
 * @param maxSize most bytes of a policy
 * @param trial how long a new policy is watched; zero: not at all
 * @param cache file that keeps the last good policy for the next start, or {@code null}
 * @param permissions what a fetched policy may do
 * @param signature who vouches for fetched policies, or {@code null} if nobody has to
 */
public record FetchSettings(boolean enabled, Duration interval, Duration timeout, int maxSize, Duration trial,
		@Nullable Path cache, FetchPermissions permissions, @Nullable PolicySignature signature) {

	/** Hourly, at most 10 s and 1 MiB each, tried for a minute, not kept. */
	public static final FetchSettings DEFAULTS = new FetchSettings(true, Duration.ofHours(1), Duration.ofSeconds(10),
			1024 * 1024, Duration.ofMinutes(1), null, FetchPermissions.NONE, null);

	public FetchSettings {
		require("interval", interval, 0);
		require("timeout", timeout, 1);
		require("trial", trial, 0);
		if (maxSize < 1) {
			throw new IllegalArgumentException("max-size: " + maxSize + " (expected: 1 byte or more)");
		}
	}

	private static void require(String name, Duration value, long least) {
		if (value.isNegative() || value.toMillis() < least) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + "ms or more)");
		}
	}

}
