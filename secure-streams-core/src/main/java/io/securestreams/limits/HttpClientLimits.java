package io.securestreams.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of HTTP client streams, whatever the version.
 */
public final class HttpClientLimits extends Limits {

	/**
	 * 20 s for a response, 30 s for a body to move on, 1 s for 100 (Continue), 30 s idle,
	 * 64 idle connections, 16 interim responses, 10 redirects, bodies of up to 64 KiB
	 * sent again.
	 */
	public static final HttpClientLimits DEFAULTS = builder().build();

	private final Duration responseTimeout;

	private final Duration bodyTimeout;

	private final Duration continueTimeout;

	private final Duration idleTimeout;

	private final int maxIdleConnections;

	private final int maxInterimResponses;

	private final int maxRedirects;

	private final int maxRepeatableBody;

	private final HttpMessageLimits message;

	private final Http2ClientLimits http2;

	private final CookieLimits cookies;

	private HttpClientLimits(Builder builder) {
		Require.oneMillisecond("responseTimeout", builder.responseTimeout);
		Require.oneMillisecond("bodyTimeout", builder.bodyTimeout);
		Require.oneMillisecond("continueTimeout", builder.continueTimeout);
		Require.oneMillisecond("idleTimeout", builder.idleTimeout);
		Require.atLeast("maxIdleConnections", builder.maxIdleConnections, 0);
		Require.atLeast("maxInterimResponses", builder.maxInterimResponses, 0);
		Require.atLeast("maxRedirects", builder.maxRedirects, 0);
		Require.atLeast("maxRepeatableBody", builder.maxRepeatableBody, 0);
		this.responseTimeout = builder.responseTimeout;
		this.bodyTimeout = builder.bodyTimeout;
		this.continueTimeout = builder.continueTimeout;
		this.idleTimeout = builder.idleTimeout;
		this.maxIdleConnections = builder.maxIdleConnections;
		this.maxInterimResponses = builder.maxInterimResponses;
		this.maxRedirects = builder.maxRedirects;
		this.maxRepeatableBody = builder.maxRepeatableBody;
		this.message = builder.message;
		this.http2 = builder.http2;
		this.cookies = builder.cookies;
	}

	/**
	 * Starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Starts with these limits.
	 * @return a builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.responseTimeout = this.responseTimeout;
		builder.bodyTimeout = this.bodyTimeout;
		builder.continueTimeout = this.continueTimeout;
		builder.idleTimeout = this.idleTimeout;
		builder.maxIdleConnections = this.maxIdleConnections;
		builder.maxInterimResponses = this.maxInterimResponses;
		builder.maxRedirects = this.maxRedirects;
		builder.maxRepeatableBody = this.maxRepeatableBody;
		builder.message = this.message;
		builder.http2 = this.http2;
		builder.cookies = this.cookies;
		return builder;
	}

	/**
	 * Returns {@code responseTimeout}.
	 * @return most time from the end of a request to the head of its response
	 */
	public Duration responseTimeout() {
		return this.responseTimeout;
	}

	/**
	 * Returns {@code bodyTimeout}.
	 * @return most time without any progress of a body, in either direction; an
	 * application that is slow itself has no limit
	 */
	public Duration bodyTimeout() {
		return this.bodyTimeout;
	}

	/**
	 * Returns {@code continueTimeout}.
	 * @return how long a request with {@code Expect: 100-continue} waits for the answer
	 * before its body is sent all the same (RFC 9110 section 10.1.1)
	 */
	public Duration continueTimeout() {
		return this.continueTimeout;
	}

	/**
	 * Returns {@code idleTimeout}.
	 * @return how long a connection is kept that nobody uses
	 */
	public Duration idleTimeout() {
		return this.idleTimeout;
	}

	/**
	 * Returns {@code maxIdleConnections}.
	 * @return most unused HTTP/1.1 connections per origin and event loop
	 */
	public int maxIdleConnections() {
		return this.maxIdleConnections;
	}

	/**
	 * Returns {@code maxInterimResponses}.
	 * @return most 1xx responses to one request
	 */
	public int maxInterimResponses() {
		return this.maxInterimResponses;
	}

	/**
	 * Returns {@code maxRedirects}.
	 * @return most redirects followed in one attempt
	 */
	public int maxRedirects() {
		return this.maxRedirects;
	}

	/**
	 * Returns {@code maxRepeatableBody}.
	 * @return longest request body, bytes, that is kept while it is sent, in case a
	 * redirect wants it once more; only where the policy has {@code allow_redirects}
	 */
	public int maxRepeatableBody() {
		return this.maxRepeatableBody;
	}

	/**
	 * Returns {@code message}.
	 * @return limits of a response
	 */
	public HttpMessageLimits message() {
		return this.message;
	}

	/**
	 * Returns {@code http2}.
	 * @return limits of HTTP/2 connections
	 */
	public Http2ClientLimits http2() {
		return this.http2;
	}

	/**
	 * Returns {@code cookies}.
	 * @return limits of the cookie store
	 */
	public CookieLimits cookies() {
		return this.cookies;
	}

	/**
	 * Returns these limits with other times.
	 * @param responseTimeout see {@link #responseTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param idleTimeout see {@link #idleTimeout()}
	 * @return a copy
	 */
	public HttpClientLimits withTimeouts(Duration responseTimeout, Duration bodyTimeout, Duration idleTimeout) {
		return toBuilder().responseTimeout(responseTimeout).bodyTimeout(bodyTimeout).idleTimeout(idleTimeout).build();
	}

	/**
	 * Returns these limits with others for responses.
	 * @param message see {@link #message()}
	 * @return a copy
	 */
	public HttpClientLimits withMessage(HttpMessageLimits message) {
		return toBuilder().message(message).build();
	}

	/**
	 * Returns these limits with others for HTTP/2.
	 * @param http2 see {@link #http2()}
	 * @return a copy
	 */
	public HttpClientLimits withHttp2(Http2ClientLimits http2) {
		return toBuilder().http2(http2).build();
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("responseTimeout", this.responseTimeout);
		values.put("bodyTimeout", this.bodyTimeout);
		values.put("continueTimeout", this.continueTimeout);
		values.put("idleTimeout", this.idleTimeout);
		values.put("maxIdleConnections", this.maxIdleConnections);
		values.put("maxInterimResponses", this.maxInterimResponses);
		values.put("maxRedirects", this.maxRedirects);
		values.put("maxRepeatableBody", this.maxRepeatableBody);
		values.put("message", this.message);
		values.put("http2", this.http2);
		values.put("cookies", this.cookies);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private Duration responseTimeout = Duration.ofSeconds(20);

		private Duration bodyTimeout = Duration.ofSeconds(30);

		private Duration continueTimeout = Duration.ofSeconds(1);

		private Duration idleTimeout = Duration.ofSeconds(30);

		private int maxIdleConnections = 64;

		private int maxInterimResponses = 16;

		private int maxRedirects = 10;

		private int maxRepeatableBody = 64 * 1024;

		private HttpMessageLimits message = HttpMessageLimits.DEFAULTS;

		private Http2ClientLimits http2 = Http2ClientLimits.DEFAULTS;

		private CookieLimits cookies = CookieLimits.DEFAULTS;

		private Builder() {
		}

		/**
		 * Sets {@code responseTimeout}.
		 * @param responseTimeout most time from the end of a request to the head of its
		 * response
		 * @return this builder
		 */
		public Builder responseTimeout(Duration responseTimeout) {
			this.responseTimeout = responseTimeout;
			return this;
		}

		/**
		 * Sets {@code bodyTimeout}.
		 * @param bodyTimeout most time without any progress of a body, in either
		 * direction; an application that is slow itself has no limit
		 * @return this builder
		 */
		public Builder bodyTimeout(Duration bodyTimeout) {
			this.bodyTimeout = bodyTimeout;
			return this;
		}

		/**
		 * Sets {@code continueTimeout}.
		 * @param continueTimeout how long a request with {@code Expect: 100-continue}
		 * waits for the answer before its body is sent all the same (RFC 9110 section
		 * 10.1.1)
		 * @return this builder
		 */
		public Builder continueTimeout(Duration continueTimeout) {
			this.continueTimeout = continueTimeout;
			return this;
		}

		/**
		 * Sets {@code idleTimeout}.
		 * @param idleTimeout how long a connection is kept that nobody uses
		 * @return this builder
		 */
		public Builder idleTimeout(Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		/**
		 * Sets {@code maxIdleConnections}.
		 * @param maxIdleConnections most unused HTTP/1.1 connections per origin and event
		 * loop
		 * @return this builder
		 */
		public Builder maxIdleConnections(int maxIdleConnections) {
			this.maxIdleConnections = maxIdleConnections;
			return this;
		}

		/**
		 * Sets {@code maxInterimResponses}.
		 * @param maxInterimResponses most 1xx responses to one request
		 * @return this builder
		 */
		public Builder maxInterimResponses(int maxInterimResponses) {
			this.maxInterimResponses = maxInterimResponses;
			return this;
		}

		/**
		 * Sets {@code maxRedirects}.
		 * @param maxRedirects most redirects followed in one attempt
		 * @return this builder
		 */
		public Builder maxRedirects(int maxRedirects) {
			this.maxRedirects = maxRedirects;
			return this;
		}

		/**
		 * Sets {@code maxRepeatableBody}.
		 * @param maxRepeatableBody longest request body, bytes, that is kept while it is
		 * sent, in case a redirect wants it once more; only where the policy has
		 * {@code allow_redirects}
		 * @return this builder
		 */
		public Builder maxRepeatableBody(int maxRepeatableBody) {
			this.maxRepeatableBody = maxRepeatableBody;
			return this;
		}

		/**
		 * Sets {@code message}.
		 * @param message limits of a response
		 * @return this builder
		 */
		public Builder message(HttpMessageLimits message) {
			this.message = message;
			return this;
		}

		/**
		 * Sets {@code http2}.
		 * @param http2 limits of HTTP/2 connections
		 * @return this builder
		 */
		public Builder http2(Http2ClientLimits http2) {
			this.http2 = http2;
			return this;
		}

		/**
		 * Sets {@code cookies}.
		 * @param cookies limits of the cookie store
		 * @return this builder
		 */
		public Builder cookies(CookieLimits cookies) {
			this.cookies = cookies;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public HttpClientLimits build() {
			return new HttpClientLimits(this);
		}

	}

}
