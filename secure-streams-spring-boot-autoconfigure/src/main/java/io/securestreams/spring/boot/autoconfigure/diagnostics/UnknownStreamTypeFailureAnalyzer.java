package io.securestreams.spring.boot.autoconfigure.diagnostics;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.securestreams.spring.endpoint.StreamHandlerRegistrationException;
import io.securestreams.stream.UnknownStreamTypeException;

/**
 * Lists the streamtypes there are, and guesses which one was meant.
 */
class UnknownStreamTypeFailureAnalyzer extends AbstractFailureAnalyzer<UnknownStreamTypeException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownStreamTypeException cause) {
		StreamHandlerRegistrationException registration = findCause(rootFailure,
				StreamHandlerRegistrationException.class);
		String who = (registration != null) ? registration.owner() + " wants" : "The application wants";
		StringBuilder description = new StringBuilder(capitalized(who)).append(" streamtype \"")
			.append(cause.streamType())
			.append("\", which the Secure Streams policy does not have.");
		if (cause.known().isEmpty()) {
			description.append(" It has no streamtypes at all.");
		}
		else {
			description.append(" It has:\n");
			cause.known().forEach((name) -> description.append("\n    ").append(name));
		}
		String action = closest(cause.streamType(), cause.known())
			.map((name) -> "Did you mean \"" + name + "\"? Otherwise add")
			.orElse("Add") + " \"" + cause.streamType() + "\" to section \"s\" of the policy, or correct the name in "
				+ "@SecureStreamHandler.";
		return new FailureAnalysis(description.toString(), action, cause);
	}

	private static Optional<String> closest(String name, List<String> known) {
		int near = Math.max(1, name.length() / 3);
		return known.stream()
			.min(Comparator.comparingInt((other) -> distance(name, other)))
			.filter((other) -> distance(name, other) <= near || other.equalsIgnoreCase(name));
	}

	/** Levenshtein distance. */
	private static int distance(String a, String b) {
		int[] previous = new int[b.length() + 1];
		for (int j = 0; j <= b.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			int[] current = new int[b.length() + 1];
			current[0] = i;
			for (int j = 1; j <= b.length(); j++) {
				int replaced = previous[j - 1] + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
			}
			previous = current;
		}
		return previous[b.length()];
	}

	private static String capitalized(String text) {
		return Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

}
