package io.securestreams.policy.json;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A policy document was refused. The message lists every problem, one per line.
 */
public class PolicyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final List<PolicyProblem> problems;

	/**
	 * Creates an exception.
	 * @param problems the problems, errors and warnings, in the order of the document
	 */
	public PolicyException(List<PolicyProblem> problems) {
		super(problems.stream().map(PolicyProblem::toString).collect(Collectors.joining("\n")));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns all problems of the document, as far as they could be found: errors, of
	 * which there is at least one, and warnings. Very many are cut off.
	 * @return the problems in the order of the document
	 */
	public List<PolicyProblem> problems() {
		return this.problems;
	}

}
