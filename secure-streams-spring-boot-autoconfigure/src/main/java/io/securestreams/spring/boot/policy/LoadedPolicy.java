package io.securestreams.spring.boot.policy;

import java.util.List;

import io.securestreams.policy.Policy;
import io.securestreams.system.policyfetch.PolicyOverlay;
import io.securestreams.system.policyfetch.PolicyRefresher;

/**
 * The policy that this installation has, and its overlays.
 *
 * @param policy the policy alone
 * @param overlays in the order they are applied
 */
public record LoadedPolicy(Policy policy, List<PolicyOverlay> overlays) {

	public LoadedPolicy {
		overlays = List.copyOf(overlays);
	}

	/**
	 * Returns what the engine starts with.
	 * @return the policy and its overlays
	 */
	public Policy initial() {
		return PolicyRefresher.initial(this.policy, this.overlays);
	}

}
