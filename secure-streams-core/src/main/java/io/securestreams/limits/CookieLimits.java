package io.securestreams.limits;

/**
 * How much is kept for streamtypes with {@code http_cookies}; the least recently used
 * cookies go first.
 *
 * @param maxCookies most cookies in all
 * @param maxPerHost most cookies of one host
 * @param maxLength longest name and value together, characters; longer cookies are
 * ignored
 */
public record CookieLimits(int maxCookies, int maxPerHost, int maxLength) {

	/**
	 * 1000 cookies, 50 per host (RFC 6265 section 6.1), each of up to 4096 characters.
	 */
	public static final CookieLimits DEFAULTS = new CookieLimits(1000, 50, 4096);

	public CookieLimits {
		Require.atLeast("maxCookies", maxCookies, 1);
		Require.atLeast("maxPerHost", maxPerHost, 1);
		Require.atLeast("maxLength", maxLength, 1);
	}

}
