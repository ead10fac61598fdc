package io.securestreams.policy.http;

import java.util.Map;

/**
 * Which response codes mean success, and which raise a user state.
 *
 * @param expect the one status that is success ({@code http_expect}), or 0 for 200..299
 * @param userStates status to user state ({@code http_resp_map})
 */
public record HttpOutcome(int expect, Map<Integer, Integer> userStates) {

	/** 200..299 is success, no user states. */
	public static final HttpOutcome DEFAULT = new HttpOutcome(0, Map.of());

	/** Most entries a response map has. */
	public static final int MAX_USER_STATES = 16;

	public HttpOutcome {
		userStates = Map.copyOf(userStates);
		if (userStates.size() > MAX_USER_STATES) {
			throw new IllegalArgumentException(
					"http_resp_map: " + userStates.size() + " entries (expected: at most " + MAX_USER_STATES + ")");
		}
		if (expect != 0 && (expect < 100 || expect > 999)) {
			throw new IllegalArgumentException("http_expect: " + expect + " (expected: 100..999)");
		}
	}

	/**
	 * Whether a complete response with this status is a success (QOS_ACK_REMOTE).
	 * @param status status code of the response
	 * @return {@code false} if it is a QOS_NACK_REMOTE
	 */
	public boolean isSuccess(int status) {
		return (this.expect != 0) ? status == this.expect : status >= 200 && status <= 299;
	}

}
