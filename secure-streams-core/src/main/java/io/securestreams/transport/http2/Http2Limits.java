package io.securestreams.transport.http2;

import io.securestreams.limits.Http2ClientLimits;
import io.securestreams.limits.Http2ServerLimits;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.HeaderLimits;

/**
 * Bounds and times of HTTP/2 connections (RFC 9113), as a connection needs them.
 *
 * @param streamWindow bytes a peer may send ahead on one stream
 * (SETTINGS_INITIAL_WINDOW_SIZE); also the most that is held for a stream that is paused
 * @param connectionWindow bytes a peer may send ahead on all streams together, at least
 * 65535
 * @param maxHeaderListSize largest response head, by the count of
 * SETTINGS_MAX_HEADER_LIST_SIZE, which is bytes and 32 for each field
 * @param maxHeaders most fields of a response head
 * @param maxContinuations most CONTINUATION frames of a header block
 * @param maxInformational most 1xx responses before a response
 * @param maxStrikes frames without use (PING, SETTINGS, empty DATA, PRIORITY, resets of
 * closed streams, ...) that a peer may be ahead of its useful ones
 * @param maxConnections most connections to one origin on one event loop
 * @param maxStreams most concurrent streams on a connection, however many the peer allows
 * @param idleMillis how long a connection without streams is kept, ms
 * @param headMillis how long a response head may take, ms
 * @param bodyMillis how long a body may make no progress, in either direction, ms
 */
public record Http2Limits(int streamWindow, int connectionWindow, int maxHeaderListSize, int maxHeaders,
		int maxContinuations, int maxInformational, int maxStrikes, int maxConnections, int maxStreams, long idleMillis,
		long headMillis, long bodyMillis) {

	/** What is used unless said otherwise. */
	public static final Http2Limits DEFAULT = of(HttpClientLimits.DEFAULTS);

	public Http2Limits {
		requirePositive("streamWindow", streamWindow);
		if (connectionWindow < Http2FrameWriter.DEFAULT_WINDOW) {
			throw new IllegalArgumentException("connectionWindow: " + connectionWindow + " (expected: at least "
					+ Http2FrameWriter.DEFAULT_WINDOW + ")");
		}
		requirePositive("maxHeaderListSize", maxHeaderListSize);
		requirePositive("maxHeaders", maxHeaders);
		requirePositive("maxContinuations", maxContinuations);
		requirePositive("maxStrikes", maxStrikes);
		requirePositive("maxConnections", maxConnections);
		requirePositive("maxStreams", maxStreams);
		requirePositive("idleMillis", idleMillis);
		requirePositive("headMillis", headMillis);
		requirePositive("bodyMillis", bodyMillis);
	}

	/**
	 * Takes out what concerns connections of clients.
	 * @param limits the client's limits
	 * @return the connection's limits
	 */
	public static Http2Limits of(HttpClientLimits limits) {
		Http2ClientLimits http2 = limits.http2();
		return new Http2Limits(http2.streamWindow(), http2.connectionWindow(), limits.message().maxHeaderSize(),
				limits.message().maxHeaders(), http2.maxContinuations(), limits.maxInterimResponses(),
				http2.maxWastedFrames(), http2.maxConnections(), http2.maxConcurrentStreams(),
				limits.idleTimeout().toMillis(), limits.responseTimeout().toMillis(), limits.bodyTimeout().toMillis());
	}

	/**
	 * Takes out what concerns connections that have been accepted.
	 * @param limits the server's limits
	 * @return the connection's limits
	 */
	public static Http2Limits of(HttpServerLimits limits) {
		Http2ServerLimits http2 = limits.http2();
		return new Http2Limits(http2.streamWindow(), http2.connectionWindow(), limits.message().maxHeaderSize(),
				limits.message().maxHeaders(), http2.maxContinuations(), 1, http2.maxWastedFrames(), 1,
				http2.maxConcurrentStreams(), limits.idleTimeout().toMillis(), limits.headTimeout().toMillis(),
				limits.bodyTimeout().toMillis());
	}

	/**
	 * Takes out what concerns the headers of messages.
	 * @return their limits
	 */
	HeaderLimits header() {
		return new HeaderLimits(this.maxHeaderListSize, this.maxHeaders, this.maxContinuations);
	}

	private static void requirePositive(String name, long value) {
		if (value <= 0) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
		}
	}

}
