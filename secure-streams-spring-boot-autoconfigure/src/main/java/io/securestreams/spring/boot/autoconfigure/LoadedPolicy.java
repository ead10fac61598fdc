package io.securestreams.spring.boot.autoconfigure;

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
record LoadedPolicy(Policy policy, List<PolicyOverlay> overlays) {

	LoadedPolicy {
		overlays = List.copyOf(overlays);
	}

	/** What the engine starts with. */
	Policy initial() {
		return PolicyRefresher.initial(this.policy, this.overlays);
	}

}
