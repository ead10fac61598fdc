package io.securestreams.limits;

import java.time.Duration;

/**
 * Limits of HTTP listeners, whatever the version.
 *
 * @param headTimeout most time from the first byte of a request to the end of its head,
 * and for the first request of a connection to start
 * @param bodyTimeout most time without any progress of a body, in either direction; an
 * application that is slow itself has no limit
 * @param idleTimeout how long a connection is kept without a request
 * @param message limits of a request
 */
public record HttpServerLimits(Duration headTimeout, Duration bodyTimeout, Duration idleTimeout,
		HttpMessageLimits message) {

	/** 20 s for a head, 30 s for a body to move on, 60 s idle. */
	public static final HttpServerLimits DEFAULTS = new HttpServerLimits(Duration.ofSeconds(20), Duration.ofSeconds(30),
			Duration.ofSeconds(60), HttpMessageLimits.DEFAULTS);

	public HttpServerLimits {
		Require.oneMillisecond("headTimeout", headTimeout);
		Require.oneMillisecond("bodyTimeout", bodyTimeout);
		Require.oneMillisecond("idleTimeout", idleTimeout);
	}

	/**
	 * Returns these limits with other times.
	 * @param headTimeout see {@link #headTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param idleTimeout see {@link #idleTimeout()}
	 * @return a copy
	 */
	public HttpServerLimits withTimeouts(Duration headTimeout, Duration bodyTimeout, Duration idleTimeout) {
		return new HttpServerLimits(headTimeout, bodyTimeout, idleTimeout, this.message);
	}

	/**
	 * Returns these limits with others for requests.
	 * @param message see {@link #message()}
	 * @return a copy
	 */
	public HttpServerLimits withMessage(HttpMessageLimits message) {
		return new HttpServerLimits(this.headTimeout, this.bodyTimeout, this.idleTimeout, message);
	}

}
