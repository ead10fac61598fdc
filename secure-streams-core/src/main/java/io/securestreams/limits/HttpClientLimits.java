package io.securestreams.limits;

import java.time.Duration;

/**
 * Limits of HTTP client streams, whatever the version.
 *
 * @param responseTimeout most time from the end of a request to the head of its response
 * @param bodyTimeout most time without any progress of a body, in either direction; an
 * application that is slow itself has no limit
 * @param continueTimeout how long a request with {@code Expect: 100-continue} waits for
 * the answer before its body is sent all the same (RFC 9110 section 10.1.1)
 * @param idleTimeout how long a connection is kept that nobody uses
 * @param maxIdleConnections most unused HTTP/1.1 connections per origin and event loop
 * @param maxInterimResponses most 1xx responses to one request
 * @param maxRedirects most redirects followed in one attempt
 * @param maxRepeatableBody longest request body, bytes, that is kept while it is sent, in
 * case a redirect wants it once more; only where the policy has {@code allow_redirects}
 * @param message limits of a response
 * @param http2 limits of HTTP/2 connections
 * @param cookies limits of the cookie store
 */
public record HttpClientLimits(Duration responseTimeout, Duration bodyTimeout, Duration continueTimeout,
		Duration idleTimeout, int maxIdleConnections, int maxInterimResponses, int maxRedirects, int maxRepeatableBody,
		HttpMessageLimits message, Http2ClientLimits http2, CookieLimits cookies) {

	/**
	 * 20 s for a response, 30 s for a body to move on, 1 s for 100 (Continue), 30 s idle,
	 * 64 idle connections, 16 interim responses, 10 redirects, bodies of up to 64 KiB
	 * sent again.
	 */
	public static final HttpClientLimits DEFAULTS = new HttpClientLimits(Duration.ofSeconds(20), Duration.ofSeconds(30),
			Duration.ofSeconds(1), Duration.ofSeconds(30), 64, 16, 10, 64 * 1024, HttpMessageLimits.DEFAULTS,
			Http2ClientLimits.DEFAULTS, CookieLimits.DEFAULTS);

	public HttpClientLimits {
		Require.oneMillisecond("responseTimeout", responseTimeout);
		Require.oneMillisecond("bodyTimeout", bodyTimeout);
		Require.oneMillisecond("continueTimeout", continueTimeout);
		Require.oneMillisecond("idleTimeout", idleTimeout);
		Require.atLeast("maxIdleConnections", maxIdleConnections, 0);
		Require.atLeast("maxInterimResponses", maxInterimResponses, 0);
		Require.atLeast("maxRedirects", maxRedirects, 0);
		Require.atLeast("maxRepeatableBody", maxRepeatableBody, 0);
	}

	/**
	 * Returns these limits with other times.
	 * @param responseTimeout see {@link #responseTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param idleTimeout see {@link #idleTimeout()}
	 * @return a copy
	 */
	public HttpClientLimits withTimeouts(Duration responseTimeout, Duration bodyTimeout, Duration idleTimeout) {
		return new HttpClientLimits(responseTimeout, bodyTimeout, this.continueTimeout, idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, this.maxRedirects, this.maxRepeatableBody,
				this.message, this.http2, this.cookies);
	}

	/**
	 * Returns these limits with another time to wait for 100 (Continue).
	 * @param continueTimeout see {@link #continueTimeout()}
	 * @return a copy
	 */
	public HttpClientLimits withContinueTimeout(Duration continueTimeout) {
		return new HttpClientLimits(this.responseTimeout, this.bodyTimeout, continueTimeout, this.idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, this.maxRedirects, this.maxRepeatableBody,
				this.message, this.http2, this.cookies);
	}

	/**
	 * Returns these limits with others for responses.
	 * @param message see {@link #message()}
	 * @return a copy
	 */
	public HttpClientLimits withMessage(HttpMessageLimits message) {
		return new HttpClientLimits(this.responseTimeout, this.bodyTimeout, this.continueTimeout, this.idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, this.maxRedirects, this.maxRepeatableBody, message,
				this.http2, this.cookies);
	}

	/**
	 * Returns these limits with others for HTTP/2.
	 * @param http2 see {@link #http2()}
	 * @return a copy
	 */
	public HttpClientLimits withHttp2(Http2ClientLimits http2) {
		return new HttpClientLimits(this.responseTimeout, this.bodyTimeout, this.continueTimeout, this.idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, this.maxRedirects, this.maxRepeatableBody,
				this.message, http2, this.cookies);
	}

	/**
	 * Returns these limits with others for cookies.
	 * @param cookies see {@link #cookies()}
	 * @return a copy
	 */
	public HttpClientLimits withCookies(CookieLimits cookies) {
		return new HttpClientLimits(this.responseTimeout, this.bodyTimeout, this.continueTimeout, this.idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, this.maxRedirects, this.maxRepeatableBody,
				this.message, this.http2, cookies);
	}

	/**
	 * Returns these limits with others for redirects.
	 * @param maxRedirects see {@link #maxRedirects()}
	 * @param maxRepeatableBody see {@link #maxRepeatableBody()}
	 * @return a copy
	 */
	public HttpClientLimits withRedirects(int maxRedirects, int maxRepeatableBody) {
		return new HttpClientLimits(this.responseTimeout, this.bodyTimeout, this.continueTimeout, this.idleTimeout,
				this.maxIdleConnections, this.maxInterimResponses, maxRedirects, maxRepeatableBody, this.message,
				this.http2, this.cookies);
	}

}
