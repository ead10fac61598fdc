package io.securestreams.engine;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;

/**
 * What happens to an accepted stream whose client does not keep up with what it is sent;
 * option {@value #OPTION} of a server streamtype.
 */
enum OverflowRule {

	/** The message that is too much is not sent. */
	DROP,

	/** The stream ends. */
	DISCONNECT;

	private static final String OPTION = "send_overflow";

	/**
	 * Reads a streamtype's rule.
	 * @param policy a server streamtype
	 * @return the rule; {@link #DROP} if it says nothing
	 * @throws SecureStreamsException if it says something else
	 */
	static OverflowRule of(StreamPolicy policy) {
		String value = policy.features().options().getOrDefault(OPTION, "drop");
		return switch (value) {
			case "drop" -> DROP;
			case "disconnect" -> DISCONNECT;
			default -> throw new SecureStreamsException("streamtype \"" + policy.name() + "\": option " + OPTION
					+ ": \"" + value + "\" (expected: \"drop\" or \"disconnect\")");
		};
	}

}
