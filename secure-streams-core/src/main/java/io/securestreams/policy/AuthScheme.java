package io.securestreams.policy;

/**
 * A named authentication scheme, policy section {@code auth}.
 *
 * @param name name of the entry ({@code auth[].name})
 * @param type kind of scheme ({@code auth[].type}): {@value #SIGV4}, {@value #LWA} or
 * {@value #CLIENT_CREDENTIALS}; others are read, but no stream can use them
 * @param streamType streamtype that refreshes the token ({@code auth[].streamtype}), or
 * the empty string
 * @param blob index of the system blob that holds the token ({@code auth[].blob}), 0..3
 */
public record AuthScheme(String name, String type, String streamType, int blob) {

	/** Type that signs requests for AWS. */
	public static final String SIGV4 = "sigv4";

	/** Type that logs in at Amazon: a refresh token gives access tokens. */
	public static final String LWA = "lwa";

	/** Type that gets tokens as OAuth 2 client (RFC 6749 section 4.4). */
	public static final String CLIENT_CREDENTIALS = "client_credentials";

	/** Highest blob index. */
	public static final int MAX_BLOB = 3;

	public AuthScheme {
		if (blob < 0 || blob > MAX_BLOB) {
			throw new IllegalArgumentException("blob: " + blob + " (expected: 0.." + MAX_BLOB + ")");
		}
	}

	/**
	 * Whether the type is one that streams can use.
	 * @return {@code false} of a type that is not known
	 */
	public boolean isKnown() {
		return this.type.equals(SIGV4) || isToken();
	}

	/**
	 * Whether the type is one with tokens that a stream fetches.
	 * @return {@code true} of {@value #LWA} and {@value #CLIENT_CREDENTIALS}
	 */
	public boolean isToken() {
		return this.type.equals(LWA) || this.type.equals(CLIENT_CREDENTIALS);
	}

}
