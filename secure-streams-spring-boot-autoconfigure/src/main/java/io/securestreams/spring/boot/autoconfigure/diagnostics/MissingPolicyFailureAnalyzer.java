package io.securestreams.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.securestreams.spring.boot.policy.MissingPolicyException;

/**
 * Says where a policy is expected.
 */
class MissingPolicyFailureAnalyzer extends AbstractFailureAnalyzer<MissingPolicyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingPolicyException cause) {
		return new FailureAnalysis("There is no usable Secure Streams policy: " + cause.getMessage() + ".",
				"Put a policy at " + cause.location() + ", set " + cause.property() + " to where it is, define a bean "
						+ "of type io.securestreams.policy.Policy, or set secure-streams.enabled to false.",
				cause);
	}

}
