package io.securestreams.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of HTTP listeners, whatever the version.
 */
public final class HttpServerLimits extends Limits {

	/**
	 * 20 s for a head, 30 s for a body to move on, 60 s idle, bodies of up to 1 GiB and
	 * of 240 bytes per second at least, 5 min for an answer.
	 */
	public static final HttpServerLimits DEFAULTS = builder().build();

	private final Builder given;

	private HttpServerLimits(Builder builder) {
		Require.oneMillisecond("headTimeout", builder.headTimeout);
		Require.oneMillisecond("bodyTimeout", builder.bodyTimeout);
		Require.oneMillisecond("idleTimeout", builder.idleTimeout);
		Require.atLeast("maxBodySize", builder.maxBodySize, 0);
		Require.atLeast("minDataRate", builder.minDataRate, 0);
		Require.atLeast("answerTimeout", builder.answerTimeout.toMillis(), 0);
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
	 * Returns {@code headTimeout}.
	 * @return most time from the first byte of a request to the end of its head, and for
	 * the first request of a connection to start
	 */
	public Duration headTimeout() {
		return this.given.headTimeout;
	}

	/**
	 * Returns {@code bodyTimeout}.
	 * @return most time without any progress of a body, in either direction; an
	 * application that is slow itself has another limit
	 */
	public Duration bodyTimeout() {
		return this.given.bodyTimeout;
	}

	/**
	 * Returns {@code idleTimeout}.
	 * @return how long a connection is kept without a request
	 */
	public Duration idleTimeout() {
		return this.given.idleTimeout;
	}

	/**
	 * Returns {@code maxBodySize}.
	 * @return longest request body, bytes; longer ones are answered with 413
	 */
	public long maxBodySize() {
		return this.given.maxBodySize;
	}

	/**
	 * Returns {@code minDataRate}.
	 * @return least bytes per second of a body, in either direction, as far as the client
	 * is waited for and once {@code bodyTimeout} is used up; 0 for no such limit. On
	 * HTTP/2 of all bodies of a connection together.
	 */
	public long minDataRate() {
		return this.given.minDataRate;
	}

	/**
	 * Returns {@code message}.
	 * @return limits of a request
	 */
	public HttpMessageLimits message() {
		return this.given.message;
	}

	/**
	 * Returns {@code http2}.
	 * @return limits of HTTP/2 connections
	 */
	public Http2ServerLimits http2() {
		return this.given.http2;
	}

	/**
	 * Returns {@code answerTimeout}.
	 * @return most time the application may take for its answer, or for the next piece of
	 * it, while nothing else is waited for; then the client gets 503, or the end of the
	 * stream if the head has left; 0 for no such limit
	 */
	public Duration answerTimeout() {
		return this.given.answerTimeout;
	}

	/**
	 * Returns these limits with other times.
	 * @param headTimeout see {@link #headTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param idleTimeout see {@link #idleTimeout()}
	 * @return a copy
	 */
	public HttpServerLimits withTimeouts(Duration headTimeout, Duration bodyTimeout, Duration idleTimeout) {
		return toBuilder().headTimeout(headTimeout).bodyTimeout(bodyTimeout).idleTimeout(idleTimeout).build();
	}

	/**
	 * Returns these limits with others for requests.
	 * @param message see {@link #message()}
	 * @return a copy
	 */
	public HttpServerLimits withMessage(HttpMessageLimits message) {
		return toBuilder().message(message).build();
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("headTimeout", this.given.headTimeout);
		values.put("bodyTimeout", this.given.bodyTimeout);
		values.put("idleTimeout", this.given.idleTimeout);
		values.put("maxBodySize", this.given.maxBodySize);
		values.put("minDataRate", this.given.minDataRate);
		values.put("message", this.given.message);
		values.put("http2", this.given.http2);
		values.put("answerTimeout", this.given.answerTimeout);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private Duration headTimeout = Duration.ofSeconds(20);

		private Duration bodyTimeout = Duration.ofSeconds(30);

		private Duration idleTimeout = Duration.ofSeconds(60);

		private long maxBodySize = 1024L * 1024 * 1024;

		private long minDataRate = 240;

		private HttpMessageLimits message = HttpMessageLimits.DEFAULTS;

		private Http2ServerLimits http2 = Http2ServerLimits.DEFAULTS;

		private Duration answerTimeout = Duration.ofMinutes(5);

		private Builder() {
		}

		private Builder(Builder from) {
			this.headTimeout = from.headTimeout;
			this.bodyTimeout = from.bodyTimeout;
			this.idleTimeout = from.idleTimeout;
			this.maxBodySize = from.maxBodySize;
			this.minDataRate = from.minDataRate;
			this.message = from.message;
			this.http2 = from.http2;
			this.answerTimeout = from.answerTimeout;
		}

		/**
		 * Sets {@code headTimeout}.
		 * @param headTimeout most time from the first byte of a request to the end of its
		 * head, and for the first request of a connection to start
		 * @return this builder
		 */
		public Builder headTimeout(Duration headTimeout) {
			this.headTimeout = headTimeout;
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
		 * Sets {@code idleTimeout}.
		 * @param idleTimeout how long a connection is kept without a request
		 * @return this builder
		 */
		public Builder idleTimeout(Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		/**
		 * Sets {@code maxBodySize}.
		 * @param maxBodySize longest request body, bytes; longer ones are answered with
		 * 413
		 * @return this builder
		 */
		public Builder maxBodySize(long maxBodySize) {
			this.maxBodySize = maxBodySize;
			return this;
		}

		/**
		 * Sets {@code minDataRate}.
		 * @param minDataRate least bytes per second of a body, in either direction, as
		 * far as the client is waited for and once {@code bodyTimeout} is used up; 0 for
		 * no such limit. On HTTP/2 of all bodies of a connection together.
		 * @return this builder
		 */
		public Builder minDataRate(long minDataRate) {
			this.minDataRate = minDataRate;
			return this;
		}

		/**
		 * Sets {@code message}.
		 * @param message limits of a request
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
		public Builder http2(Http2ServerLimits http2) {
			this.http2 = http2;
			return this;
		}

		/**
		 * Sets {@code answerTimeout}.
		 * @param answerTimeout 0 or more; default: 5 min
		 * @return this builder
		 */
		public Builder answerTimeout(Duration answerTimeout) {
			this.answerTimeout = answerTimeout;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public HttpServerLimits build() {
			return new HttpServerLimits(this);
		}

	}

}
