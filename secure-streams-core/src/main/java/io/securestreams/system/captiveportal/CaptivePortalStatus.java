package io.securestreams.system.captiveportal;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The last verdict, at one moment.
 *
 * @param state the verdict
 * @param reason what led to it, for people; empty if there is nothing to say
 * @param checkedAt when it was found, {@code null} if there is none yet
 * @param checking whether a check is running
 * @param available whether the policy has a streamtype to check with
 */
public record CaptivePortalStatus(CaptivePortalState state, String reason, @Nullable Instant checkedAt,
		boolean checking, boolean available) {

}
