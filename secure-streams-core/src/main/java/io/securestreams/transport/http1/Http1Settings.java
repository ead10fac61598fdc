package io.securestreams.transport.http1;

import java.time.Duration;

/**
 * Limits of HTTP/1.1 connections that no policy sets.
 *
 * @param headTimeout client: from the end of the request to the head of the response;
 * server: from the first byte of a request to the end of its head
 * @param bodyTimeout most time without any progress of a body
 * @param clientIdleTimeout how long a client keeps an unused connection
 * @param serverIdleTimeout how long a server keeps a connection without a request
 * @param maxIdlePerOrigin most unused client connections per origin and event loop
 * @param maxStartLine longest request or status line, bytes
 * @param maxHeadSize longest head, bytes
 * @param maxFields most header fields of a head
 * @param maxInterim most interim (1xx) responses to one request
 */
public record Http1Settings(Duration headTimeout, Duration bodyTimeout, Duration clientIdleTimeout,
		Duration serverIdleTimeout, int maxIdlePerOrigin, int maxStartLine, int maxHeadSize, int maxFields,
		int maxInterim) {

	/** 20 s for heads, 30 s for bodies, 8 KiB lines, 32 KiB and 200 header fields. */
	public static final Http1Settings DEFAULTS = new Http1Settings(Duration.ofSeconds(20), Duration.ofSeconds(30),
			Duration.ofSeconds(30), Duration.ofSeconds(60), 8, 8192, 32768, 200, 16);

	/**
	 * Returns these settings with other time limits.
	 * @param headTimeout see {@link #headTimeout()}
	 * @param bodyTimeout see {@link #bodyTimeout()}
	 * @param clientIdleTimeout see {@link #clientIdleTimeout()}
	 * @param serverIdleTimeout see {@link #serverIdleTimeout()}
	 * @return a copy
	 */
	public Http1Settings withTimeouts(Duration headTimeout, Duration bodyTimeout, Duration clientIdleTimeout,
			Duration serverIdleTimeout) {
		return new Http1Settings(headTimeout, bodyTimeout, clientIdleTimeout, serverIdleTimeout, this.maxIdlePerOrigin,
				this.maxStartLine, this.maxHeadSize, this.maxFields, this.maxInterim);
	}

}
