package io.securestreams.policy.json;

import java.util.List;

import io.securestreams.policy.Policy;

/**
 * What was read from a policy document that could be accepted.
 *
 * @param policy the policy
 * @param warnings what will not work as the author of the document thinks, in the order
 * of the document; worth logging
 */
public record PolicyDocument(Policy policy, List<PolicyProblem> warnings) {

	public PolicyDocument {
		warnings = List.copyOf(warnings);
	}

}
