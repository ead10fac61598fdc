package io.securestreams.spring.boot.autoconfigure.diagnostics;

import java.util.List;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.securestreams.policy.json.PolicyException;
import io.securestreams.policy.json.PolicyProblem;

/**
 * Lists what is wrong with a policy, and where.
 */
class PolicyFailureAnalyzer extends AbstractFailureAnalyzer<PolicyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PolicyException cause) {
		List<PolicyProblem> problems = cause.problems();
		StringBuilder description = new StringBuilder("The Secure Streams policy cannot be used:\n");
		problems.forEach((problem) -> description.append("\n    ").append(problem));
		List<String> sources = problems.stream().map(PolicyProblem::source).distinct().toList();
		String action = "Correct " + String.join(", ", sources) + " in the "
				+ (problems.size() == 1 ? "place" : "places")
				+ " named above. The property secure-streams.policy.location says which policy is read, "
				+ "secure-streams.policy.overlays what is applied to it.";
		return new FailureAnalysis(description.toString(), action, cause);
	}

}
