package io.securestreams.engine.local;

/**
 * A text that is complete and no endpoint: too long, or with characters that have no
 * place there. Says what is wrong with it.
 */
final class UnusableEndpointException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	UnusableEndpointException(IllegalArgumentException problem) {
		super(problem.getMessage(), problem);
	}

}
