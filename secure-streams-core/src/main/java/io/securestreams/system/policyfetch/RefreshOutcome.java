package io.securestreams.system.policyfetch;

import java.time.Instant;

import io.securestreams.policy.json.PolicyDiff;

/**
 * What came of an attempt to have a newer policy.
 *
 * @param result in one word
 * @param message in a sentence, for people; empty if there is nothing to say
 * @param diff what has changed; empty unless something has
 * @param at when it was known
 */
public record RefreshOutcome(Result result, String message, PolicyDiff diff, Instant at) {

	/**
	 * Whether the server was reached and there is nothing to complain about.
	 * @return {@code true} if the policy is up to date
	 */
	public boolean isSuccess() {
		return this.result == Result.CHANGED || this.result == Result.UNCHANGED;
	}

	@Override
	public String toString() {
		return this.result + (this.message.isEmpty() ? "" : ": " + this.message);
	}

	/**
	 * What came of it, in one word.
	 */
	public enum Result {

		/** There is a new policy, which is in force. */
		CHANGED,
		/** The policy is the one in force. */
		UNCHANGED,
		/** The server could not be reached, or did not answer as it should. */
		FAILED,
		/** The server has sent what is not acceptable; the policy is as before. */
		REFUSED,
		/** The policy was in force, did not work, and was taken back. */
		ROLLED_BACK,
		/** There is nothing to fetch from: no streamtype, or it is turned off. */
		NOT_AVAILABLE

	}

}
