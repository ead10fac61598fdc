package io.securestreams.limits;

/**
 * Limits of HTTP/2 connections that have been accepted (RFC 9113).
 *
 * @param maxConcurrentStreams most requests in progress on a connection
 * (SETTINGS_MAX_CONCURRENT_STREAMS); further ones are refused in a way that lets clients
 * repeat them
 * @param streamWindow bytes a client may send ahead on one stream
 * (SETTINGS_INITIAL_WINDOW_SIZE); also the most that is held for a stream that is paused
 * @param connectionWindow bytes a client may send ahead on all streams of a connection
 * together, at least 65535
 * @param maxContinuations most CONTINUATION frames of a header block
 * @param maxWastedFrames frames without use (PING, SETTINGS, empty DATA, PRIORITY, resets
 * of closed streams, ...) that a client may be ahead of its useful ones
 * @param maxResets requests that a client may cancel, or have cancelled by mistakes,
 * ahead of those it lets be answered; a quarter is forgiven every second
 */
public record Http2ServerLimits(int maxConcurrentStreams, int streamWindow, int connectionWindow, int maxContinuations,
		int maxWastedFrames, int maxResets) {

	private static final int SMALLEST_CONNECTION_WINDOW = 65535;

	/**
	 * 100 streams, windows of 128 KiB and 1 MiB, 16 CONTINUATION frames, 1000 frames
	 * without use, 200 resets.
	 */
	public static final Http2ServerLimits DEFAULTS = new Http2ServerLimits(100, 128 * 1024, 1024 * 1024, 16, 1000, 200);

	public Http2ServerLimits {
		Require.atLeast("maxConcurrentStreams", maxConcurrentStreams, 1);
		Require.atLeast("streamWindow", streamWindow, 1);
		Require.atLeast("connectionWindow", connectionWindow, SMALLEST_CONNECTION_WINDOW);
		Require.atLeast("maxContinuations", maxContinuations, 1);
		Require.atLeast("maxWastedFrames", maxWastedFrames, 1);
		Require.atLeast("maxResets", maxResets, 1);
	}

}
