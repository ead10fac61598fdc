package io.securestreams.policy.http;

/**
 * What is done with a redirect (RFC 9110 section 15.4).
 *
 * @param follow whether it is followed ({@code allow_redirects})
 * @param captivePortal whether it is the sign of a captive portal
 * ({@code http_fail_redirect})
 */
public record RedirectPolicy(boolean follow, boolean captivePortal) {

	/** A redirect is a failed attempt. */
	public static final RedirectPolicy REFUSE = new RedirectPolicy(false, false);

}
