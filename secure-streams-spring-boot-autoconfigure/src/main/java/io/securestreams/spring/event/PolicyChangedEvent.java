package io.securestreams.spring.event;

import io.securestreams.policy.Policy;
import io.securestreams.policy.json.PolicyDiff;

/**
 * The policy has been replaced by one that says something else. New streams go by the new
 * one already, live ones from their next connection on; those whose streamtype has gone
 * end. Published on the thread that has replaced it.
 *
 * @param before the former policy
 * @param after the one in force
 */
public record PolicyChangedEvent(Policy before, Policy after) {

	/**
	 * Says what has changed, key by key, without secrets.
	 * @return the difference, for people
	 */
	public PolicyDiff diff() {
		return PolicyDiff.between(this.before, this.after);
	}

	@Override
	public String toString() {
		return "PolicyChangedEvent[" + String.join("; ", diff().lines()) + "]";
	}

}
