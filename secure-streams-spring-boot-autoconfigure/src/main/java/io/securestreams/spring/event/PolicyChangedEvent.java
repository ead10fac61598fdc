package io.securestreams.spring.event;

import io.securestreams.policy.Policy;

/**
 * The policy has been replaced. New streams go by the new one already, live ones from
 * their next connection on. Published on the thread that has replaced it.
 *
 * @param before the former policy
 * @param after the one in force
 */
public record PolicyChangedEvent(Policy before, Policy after) {

}
