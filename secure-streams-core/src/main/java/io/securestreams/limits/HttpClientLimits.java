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

	private final Builder given;

	private HttpClientLimits(Builder builder) {
		Require.oneMillisecond("responseTimeout", builder.responseTimeout);
		Require.oneMillisecond("bodyTimeout", builder.bodyTimeout);
		Require.oneMillisecond("continueTimeout", builder.continueTimeout);
		Require.oneMillisecond("idleTimeout", builder.idleTimeout);
		Require.atLeast("maxIdleConnections", builder.maxIdleConnections, 0);
		Require.atLeast("maxInterimResponses", builder.maxInterimResponses, 0);
		Require.atLeast("maxRedirects", builder.maxRedirects, 0);
		Require.atLeast("maxRepeatableBody", builder.maxRepeatableBody, 0);
		this.given = new Builder(builder);
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
		return new Builder(this.given);
	}

	/**
	 * Returns {@code responseTimeout}.
	 * @return most time from the end of a request to the head of its response
	 */
	public Duration responseTimeout() {
		return this.given.responseTimeout;
	}

	/**
	 * Returns {@code bodyTimeout}.
	 * @return most time without any progress of a body, in either direction; an
	 * application that is slow itself has no limit
	 */
	public Duration bodyTimeout() {
		return this.given.bodyTimeout;
	}

	/**
	 * Returns {@code continueTimeout}.
	 * @return how long a request with {@code Expect: 100-continue} waits for the answer
	 * before its body is sent all the same (RFC 9110 section 10.1.1)
	 */
	public Duration continueTimeout() {
		return this.given.continueTimeout;
	}

	/**
	 * Returns {@code idleTimeout}.
	 * @return how long a connection is kept that nobody uses
	 */
	public Duration idleTimeout() {
		return this.given.idleTimeout;
	}

	/**
	 * Returns {@code maxIdleConnections}.
	 * @return most unused HTTP/1.1 connections per origin and event loop
	 */
	public int maxIdleConnections() {
		return this.given.maxIdleConnections;
	}

	/**
	 * Returns {@code maxInterimResponses}.
	 * @return most 1xx responses to one request
	 */
	public int maxInterimResponses() {
		return this.given.maxInterimResponses;
	}

	/**
	 * Returns {@code maxRedirects}.
	 * @return most redirects followed in one attempt
	 */
	public int maxRedirects() {
		return this.given.maxRedirects;
	}

	/**
	 * Returns {@code maxRepeatableBody}.
	 * @return longest request body, bytes, that is kept while it is sent, in case a
	 * redirect wants it once more; only where the policy has {@code allow_redirects}
	 */
	public int maxRepeatableBody() {
		return this.given.maxRepeatableBody;
	}

	/**
	 * Returns {@code message}.
	 * @return limits of a response
	 */
	public HttpMessageLimits message() {
		return this.given.message;
	}

	/**
	 * Returns {@code http2}.
	 * @return limits of HTTP/2 connections
	 */
	public Http2ClientLimits http2() {
		return this.given.http2;
	}

	/**
	 * Returns {@code cookies}.
	 * @return limits of the cookie store
	 */
	public CookieLimits cookies() {
		return this.given.cookies;
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

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("responseTimeout", this.given.responseTimeout);
		values.put("bodyTimeout", this.given.bodyTimeout);
		values.put("continueTimeout", this.given.continueTimeout);
		values.put("idleTimeout", this.given.idleTimeout);
		values.put("maxIdleConnections", this.given.maxIdleConnections);
		values.put("maxInterimResponses", this.given.maxInterimResponses);
		values.put("maxRedirects", this.given.maxRedirects);
		values.put("maxRepeatableBody", this.given.maxRepeatableBody);
		values.put("message", this.given.message);
		values.put("http2", this.given.http2);
		values.put("cookies", this.given.cookies);
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

		private Builder(Builder from) {
			this.responseTimeout = from.responseTimeout;
			this.bodyTimeout = from.bodyTimeout;
			this.continueTimeout = from.continueTimeout;
			this.idleTimeout = from.idleTimeout;
			this.maxIdleConnections = from.maxIdleConnections;
			this.maxInterimResponses = from.maxInterimResponses;
			this.maxRedirects = from.maxRedirects;
			this.maxRepeatableBody = from.maxRepeatableBody;
			this.message = from.message;
			this.http2 = from.http2;
			this.cookies = from.cookies;
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
