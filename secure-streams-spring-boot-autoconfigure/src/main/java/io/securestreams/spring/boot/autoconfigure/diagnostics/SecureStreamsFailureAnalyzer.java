package io.securestreams.spring.boot.autoconfigure.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.securestreams.stream.SecureStreamsException;

/**
 * Passes on what the engine says if nobody knows more: a transport that is not there, a
 * class without a policy. The last one in {@code spring.factories}.
 */
class SecureStreamsFailureAnalyzer extends AbstractFailureAnalyzer<SecureStreamsException> {

	private static final String EXPECTED = " (expected: ";

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SecureStreamsException cause) {
		String message = String.valueOf(cause.getMessage());
		int expected = message.endsWith(")") ? message.lastIndexOf(EXPECTED) : -1;
		String problem = (expected < 0) ? message : message.substring(0, expected);
		String action = (expected < 0) ? "Correct the configuration of Secure Streams."
				: "Expected: " + message.substring(expected + EXPECTED.length(), message.length() - 1) + ".";
		return new FailureAnalysis("Secure Streams cannot be started: " + problem + ".", action, cause);
	}

}
