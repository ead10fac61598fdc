package io.securestreams.limits;

/**
 * Limits of HTTP/2 client connections (RFC 9113).
 *
 * @param streamWindow bytes a peer may send ahead on one stream
 * (SETTINGS_INITIAL_WINDOW_SIZE); also the most that is held for a stream that is paused
 * @param connectionWindow bytes a peer may send ahead on all streams of a connection
 * together, at least 65535
 * @param maxConnections most connections to one origin on one event loop
 * @param maxConcurrentStreams most concurrent streams on a connection, however many the
 * peer allows
 * @param maxContinuations most CONTINUATION frames of a header block
 * @param maxWastedFrames frames without use (PING, SETTINGS, empty DATA, PRIORITY, resets
 * of closed streams, ...) that a peer may be ahead of its useful ones
 */
public record Http2ClientLimits(int streamWindow, int connectionWindow, int maxConnections, int maxConcurrentStreams,
		int maxContinuations, int maxWastedFrames) {

	private static final int SMALLEST_CONNECTION_WINDOW = 65535;

	/** Windows of 256 KiB and 4 MiB, 4 connections of up to 1000 streams. */
	public static final Http2ClientLimits DEFAULTS = new Http2ClientLimits(256 * 1024, 4 * 1024 * 1024, 4, 1000, 16,
			1000);

	public Http2ClientLimits {
		Require.atLeast("streamWindow", streamWindow, 1);
		Require.atLeast("connectionWindow", connectionWindow, SMALLEST_CONNECTION_WINDOW);
		Require.atLeast("maxConnections", maxConnections, 1);
		Require.atLeast("maxConcurrentStreams", maxConcurrentStreams, 1);
		Require.atLeast("maxContinuations", maxContinuations, 1);
		Require.atLeast("maxWastedFrames", maxWastedFrames, 1);
	}

}
