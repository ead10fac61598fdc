package io.securestreams.engine.local;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.StreamPolicy.Features;
import io.securestreams.stream.SecureStreamsException;

/**
 * What happens to an accepted stream whose client does not keep up with what it is sent;
 * option {@code send_overflow} of a server streamtype.
 */
enum OverflowRule {

	/** The message that is too much is not sent. */
	DROP,

	/** The stream ends. */
	DISCONNECT;

	/**
	 * Reads a streamtype's rule.
	 * @param policy a server streamtype
	 * @return the rule; {@link #DROP} if it says nothing
	 * @throws SecureStreamsException if it says something else
	 */
	static OverflowRule of(StreamPolicy policy) {
		String value = policy.features().options().getOrDefault(Features.SEND_OVERFLOW, Features.SEND_OVERFLOW_DROP);
		return switch (value) {
			case Features.SEND_OVERFLOW_DROP -> DROP;
			case Features.SEND_OVERFLOW_DISCONNECT -> DISCONNECT;
			default -> throw new SecureStreamsException("streamtype \"" + policy.name() + "\": option "
					+ Features.SEND_OVERFLOW + ": \"" + value + "\" (expected: \"drop\" or \"disconnect\")");
		};
	}

}
