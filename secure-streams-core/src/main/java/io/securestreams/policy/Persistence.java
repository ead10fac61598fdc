package io.securestreams.policy;

import java.time.Duration;

/**
 * How hard a streamtype holds on to its connection.
 *
 * @param opportunistic whether a lost connection may stay lost until it is asked for
 * ({@code opportunistic})
 * @param nailedUp whether the stream connects by itself when created ({@code nailed_up})
 * @param retry backoff scheme ({@code retry}), {@link RetryPolicy#NONE} if there is none
 * @param timeout what {@code startTimeout()} without an argument uses
 * ({@code timeout_ms}); zero: nothing
 * @param wakeForValidity whether validity checks may wake a suspended system
 * ({@code swake_validity})
 */
public record Persistence(boolean opportunistic, boolean nailedUp, RetryPolicy retry, Duration timeout,
		boolean wakeForValidity) {

}
