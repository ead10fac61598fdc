package io.securestreams.policy;

/**
 * A named authentication scheme, policy section {@code auth}.
 *
 * @param name name of the entry ({@code auth[].name})
 * @param type kind of scheme ({@code auth[].type}), for example {@code sigv4}
 * @param streamType streamtype that refreshes the token ({@code auth[].streamtype}), or
 * the empty string
 * @param blob index of the system blob that holds the token ({@code auth[].blob}), 0..3
 */
public record AuthScheme(String name, String type, String streamType, int blob) {

	/** Type that signs requests for AWS. */
	public static final String SIGV4 = "sigv4";

	/** Highest blob index. */
	public static final int MAX_BLOB = 3;

	public AuthScheme {
		if (blob < 0 || blob > MAX_BLOB) {
			throw new IllegalArgumentException("blob: " + blob + " (expected: 0.." + MAX_BLOB + ")");
		}
	}

}
