package io.securestreams.limits;

import java.time.Duration;

/**
 * Limits of HTTP listeners, whatever the version.
 *
 * @param headTimeout most time from the first byte of a request to the end of its head,
 * and for the first request of a connection to start
 * @param bodyTimeout most time without any progress of a body, in either direction; an
 * application that is slow itself has another limit
 * @param idleTimeout how long a connection is kept without a request
 * @param maxBodySize longest request body, bytes; longer ones are answered with 413
 * @param minDataRate least bytes per second of a body, in either direction, as far as the
 * client is waited for and once {@code bodyTimeout} is used up; 0 for no such limit. On
 * HTTP/2 of all bodies of a connection together.
 * @param message limits of a request
 * @param http2 limits of HTTP/2 connections
 * @param answerTimeout most time the application may take for its answer, or for the next
 * piece of it, while nothing else is waited for; then the client gets 503, or the end of
 * the stream if the head has left; 0 for no such limit
 */
public record HttpServerLimits(Duration headTimeout, Duration bodyTimeout, Duration idleTimeout, long maxBodySize,
		long minDataRate, HttpMessageLimits message, Http2ServerLimits http2, Duration answerTimeout) {

	/**
	 * 20 s for a head, 30 s for a body to move on, 60 s idle, bodies of up to 1 GiB and
	 * of 240 bytes per second at least, 5 min for an answer.
	 */
	public static final HttpServerLimits DEFAULTS = new HttpServerLimits(Duration.ofSeconds(20), Duration.ofSeconds(30),
			Duration.ofSeconds(60), 1024L * 1024 * 1024, 240, HttpMessageLimits.DEFAULTS, Http2ServerLimits.DEFAULTS,
			Duration.ofMinutes(5));

	public HttpServerLimits {
		Require.oneMillisecond("headTimeout", headTimeout);
		Require.oneMillisecond("bodyTimeout", bodyTimeout);
		Require.oneMillisecond("idleTimeout", idleTimeout);
		Require.atLeast("maxBodySize", maxBodySize, 0);
		Require.atLeast("minDataRate", minDataRate, 0);
		Require.atLeast("answerTimeout", answerTimeout.toMillis(), 0);
	}

	/**
	 * Returns these limits with other times.
	 * @param headTimeout see {@link #headTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param idleTimeout see {@link #idleTimeout()}
	 * @return a copy
	 */
	public HttpServerLimits withTimeouts(Duration headTimeout, Duration bodyTimeout, Duration idleTimeout) {
		return new HttpServerLimits(headTimeout, bodyTimeout, idleTimeout, this.maxBodySize, this.minDataRate,
				this.message, this.http2, this.answerTimeout);
	}

	/**
	 * Returns these limits with another for bodies.
	 * @param maxBodySize see {@link #maxBodySize()}
	 * @return a copy
	 */
	public HttpServerLimits withMaxBodySize(long maxBodySize) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, maxBodySize, this.minDataRate,
				this.message, this.http2, this.answerTimeout);
	}

	/**
	 * Returns these limits with another least rate.
	 * @param minDataRate see {@link #minDataRate()}
	 * @return a copy
	 */
	public HttpServerLimits withMinDataRate(long minDataRate) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, this.maxBodySize, minDataRate,
				this.message, this.http2, this.answerTimeout);
	}

	/**
	 * Returns these limits with others for requests.
	 * @param message see {@link #message()}
	 * @return a copy
	 */
	public HttpServerLimits withMessage(HttpMessageLimits message) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, this.maxBodySize,
				this.minDataRate, message, this.http2, this.answerTimeout);
	}

	/**
	 * Returns these limits with others for HTTP/2.
	 * @param http2 see {@link #http2()}
	 * @return a copy
	 */
	public HttpServerLimits withHttp2(Http2ServerLimits http2) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, this.maxBodySize,
				this.minDataRate, this.message, http2, this.answerTimeout);
	}

	/**
	 * Returns these limits with another for answers.
	 * @param answerTimeout see {@link #answerTimeout()}
	 * @return a copy
	 */
	public HttpServerLimits withAnswerTimeout(Duration answerTimeout) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, this.maxBodySize,
				this.minDataRate, this.message, this.http2, answerTimeout);
	}

}
