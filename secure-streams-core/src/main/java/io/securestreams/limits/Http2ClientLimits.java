package io.securestreams.limits;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of HTTP/2 client connections (RFC 9113).
 */
public final class Http2ClientLimits extends Limits {

	private static final int SMALLEST_CONNECTION_WINDOW = 65535;

	/**
	 * Windows of 256 KiB and 4 MiB, 4 connections of up to 1000 streams.
	 */
	public static final Http2ClientLimits DEFAULTS = builder().build();

	private final Builder given;

	private Http2ClientLimits(Builder builder) {
		Require.atLeast("streamWindow", builder.streamWindow, 1);
		Require.atLeast("connectionWindow", builder.connectionWindow, SMALLEST_CONNECTION_WINDOW);
		Require.atLeast("maxConnections", builder.maxConnections, 1);
		Require.atLeast("maxConcurrentStreams", builder.maxConcurrentStreams, 1);
		Require.atLeast("maxContinuations", builder.maxContinuations, 1);
		Require.atLeast("maxWastedFrames", builder.maxWastedFrames, 1);
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
	 * Returns {@code streamWindow}.
	 * @return bytes a peer may send ahead on one stream (SETTINGS_INITIAL_WINDOW_SIZE);
	 * also the most that is held for a stream that is paused
	 */
	public int streamWindow() {
		return this.given.streamWindow;
	}

	/**
	 * Returns {@code connectionWindow}.
	 * @return bytes a peer may send ahead on all streams of a connection together, at
	 * least 65535
	 */
	public int connectionWindow() {
		return this.given.connectionWindow;
	}

	/**
	 * Returns {@code maxConnections}.
	 * @return most connections to one origin on one event loop
	 */
	public int maxConnections() {
		return this.given.maxConnections;
	}

	/**
	 * Returns {@code maxConcurrentStreams}.
	 * @return most concurrent streams on a connection, however many the peer allows
	 */
	public int maxConcurrentStreams() {
		return this.given.maxConcurrentStreams;
	}

	/**
	 * Returns {@code maxContinuations}.
	 * @return most CONTINUATION frames of a header block
	 */
	public int maxContinuations() {
		return this.given.maxContinuations;
	}

	/**
	 * Returns {@code maxWastedFrames}.
	 * @return frames without use (PING, SETTINGS, empty DATA, PRIORITY, resets of closed
	 * streams, ...) that a peer may be ahead of its useful ones
	 */
	public int maxWastedFrames() {
		return this.given.maxWastedFrames;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("streamWindow", this.given.streamWindow);
		values.put("connectionWindow", this.given.connectionWindow);
		values.put("maxConnections", this.given.maxConnections);
		values.put("maxConcurrentStreams", this.given.maxConcurrentStreams);
		values.put("maxContinuations", this.given.maxContinuations);
		values.put("maxWastedFrames", this.given.maxWastedFrames);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int streamWindow = 256 * 1024;

		private int connectionWindow = 4 * 1024 * 1024;

		private int maxConnections = 4;

		private int maxConcurrentStreams = 1000;

		private int maxContinuations = 16;

		private int maxWastedFrames = 1000;

		private Builder() {
		}

		private Builder(Builder from) {
			this.streamWindow = from.streamWindow;
			this.connectionWindow = from.connectionWindow;
			this.maxConnections = from.maxConnections;
			this.maxConcurrentStreams = from.maxConcurrentStreams;
			this.maxContinuations = from.maxContinuations;
			this.maxWastedFrames = from.maxWastedFrames;
		}

		/**
		 * Sets {@code streamWindow}.
		 * @param streamWindow bytes a peer may send ahead on one stream
		 * (SETTINGS_INITIAL_WINDOW_SIZE); also the most that is held for a stream that is
		 * paused
		 * @return this builder
		 */
		public Builder streamWindow(int streamWindow) {
			this.streamWindow = streamWindow;
			return this;
		}

		/**
		 * Sets {@code connectionWindow}.
		 * @param connectionWindow bytes a peer may send ahead on all streams of a
		 * connection together, at least 65535
		 * @return this builder
		 */
		public Builder connectionWindow(int connectionWindow) {
			this.connectionWindow = connectionWindow;
			return this;
		}

		/**
		 * Sets {@code maxConnections}.
		 * @param maxConnections most connections to one origin on one event loop
		 * @return this builder
		 */
		public Builder maxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
			return this;
		}

		/**
		 * Sets {@code maxConcurrentStreams}.
		 * @param maxConcurrentStreams most concurrent streams on a connection, however
		 * many the peer allows
		 * @return this builder
		 */
		public Builder maxConcurrentStreams(int maxConcurrentStreams) {
			this.maxConcurrentStreams = maxConcurrentStreams;
			return this;
		}

		/**
		 * Sets {@code maxContinuations}.
		 * @param maxContinuations most CONTINUATION frames of a header block
		 * @return this builder
		 */
		public Builder maxContinuations(int maxContinuations) {
			this.maxContinuations = maxContinuations;
			return this;
		}

		/**
		 * Sets {@code maxWastedFrames}.
		 * @param maxWastedFrames frames without use (PING, SETTINGS, empty DATA,
		 * PRIORITY, resets of closed streams, ...) that a peer may be ahead of its useful
		 * ones
		 * @return this builder
		 */
		public Builder maxWastedFrames(int maxWastedFrames) {
			this.maxWastedFrames = maxWastedFrames;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public Http2ClientLimits build() {
			return new Http2ClientLimits(this);
		}

	}

}
