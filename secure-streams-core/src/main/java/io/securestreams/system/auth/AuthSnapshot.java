package io.securestreams.system.auth;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How an authentication scheme stands; no secret is in it.
 *
 * @param name name of the scheme ({@code auth[].name})
 * @param type its type ({@code auth[].type})
 * @param blob index of the auth blob that holds the token or key
 * @param state what there is
 * @param obtainedAt when the token was fetched, or {@code null}
 * @param validUntil when the token expires, or {@code null} if that is not known
 * @param lastRefusalAt when credentials were refused last, or could not be had, or
 * {@code null}
 * @param lastRefusal why, in one line, or empty
 * @param waiting how many streams wait for a token
 */
public record AuthSnapshot(String name, String type, int blob, State state, @Nullable Instant obtainedAt,
		@Nullable Instant validUntil, @Nullable Instant lastRefusalAt, String lastRefusal, int waiting) {

	/**
	 * What there is of a scheme.
	 */
	public enum State {

		/** Neither token nor key, and nobody has asked for one. */
		NONE,
		/** A token is being fetched. */
		FETCHING,
		/** A token or key, which has not been refused. */
		HELD,
		/**
		 * A token that has expired; the next stream that needs it fetches another one.
		 */
		EXPIRED,
		/**
		 * None that is of use: what there is, or was, has been refused last, or none
		 * could be had. Of keys that sign, a 403 counts as well.
		 */
		REFUSED

	}

}
