package io.securestreams.limits;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits of HTTP/2 connections that have been accepted (RFC 9113).
 */
public final class Http2ServerLimits extends Limits {

	private static final int SMALLEST_CONNECTION_WINDOW = 65535;

	/**
	 * 100 streams, windows of 128 KiB and 1 MiB, 16 CONTINUATION frames, 1000 frames
	 * without use, 200 resets.
	 */
	public static final Http2ServerLimits DEFAULTS = builder().build();

	private final Builder given;

	private Http2ServerLimits(Builder builder) {
		Require.atLeast("maxConcurrentStreams", builder.maxConcurrentStreams, 1);
		Require.atLeast("streamWindow", builder.streamWindow, 1);
		Require.atLeast("connectionWindow", builder.connectionWindow, SMALLEST_CONNECTION_WINDOW);
		Require.atLeast("maxContinuations", builder.maxContinuations, 1);
		Require.atLeast("maxWastedFrames", builder.maxWastedFrames, 1);
		Require.atLeast("maxResets", builder.maxResets, 1);
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
	 * Returns {@code maxConcurrentStreams}.
	 * @return most requests in progress on a connection
	 * (SETTINGS_MAX_CONCURRENT_STREAMS); further ones are refused in a way that lets
	 * clients repeat them
	 */
	public int maxConcurrentStreams() {
		return this.given.maxConcurrentStreams;
	}

	/**
	 * Returns {@code streamWindow}.
	 * @return bytes a client may send ahead on one stream (SETTINGS_INITIAL_WINDOW_SIZE);
	 * also the most that is held for a stream that is paused
	 */
	public int streamWindow() {
		return this.given.streamWindow;
	}

	/**
	 * Returns {@code connectionWindow}.
	 * @return bytes a client may send ahead on all streams of a connection together, at
	 * least 65535
	 */
	public int connectionWindow() {
		return this.given.connectionWindow;
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
	 * streams, ...) that a client may be ahead of its useful ones
	 */
	public int maxWastedFrames() {
		return this.given.maxWastedFrames;
	}

	/**
	 * Returns {@code maxResets}.
	 * @return requests that a client may cancel, or have cancelled by mistakes, ahead of
	 * those it lets be answered; a quarter is forgiven every second
	 */
	public int maxResets() {
		return this.given.maxResets;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxConcurrentStreams", this.given.maxConcurrentStreams);
		values.put("streamWindow", this.given.streamWindow);
		values.put("connectionWindow", this.given.connectionWindow);
		values.put("maxContinuations", this.given.maxContinuations);
		values.put("maxWastedFrames", this.given.maxWastedFrames);
		values.put("maxResets", this.given.maxResets);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int maxConcurrentStreams = 100;

		private int streamWindow = 128 * 1024;

		private int connectionWindow = 1024 * 1024;

		private int maxContinuations = 16;

		private int maxWastedFrames = 1000;

		private int maxResets = 200;

		private Builder() {
		}

		private Builder(Builder from) {
			this.maxConcurrentStreams = from.maxConcurrentStreams;
			this.streamWindow = from.streamWindow;
			this.connectionWindow = from.connectionWindow;
			this.maxContinuations = from.maxContinuations;
			this.maxWastedFrames = from.maxWastedFrames;
			this.maxResets = from.maxResets;
		}

		/**
		 * Sets {@code maxConcurrentStreams}.
		 * @param maxConcurrentStreams most requests in progress on a connection
		 * (SETTINGS_MAX_CONCURRENT_STREAMS); further ones are refused in a way that lets
		 * clients repeat them
		 * @return this builder
		 */
		public Builder maxConcurrentStreams(int maxConcurrentStreams) {
			this.maxConcurrentStreams = maxConcurrentStreams;
			return this;
		}

		/**
		 * Sets {@code streamWindow}.
		 * @param streamWindow bytes a client may send ahead on one stream
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
		 * @param connectionWindow bytes a client may send ahead on all streams of a
		 * connection together, at least 65535
		 * @return this builder
		 */
		public Builder connectionWindow(int connectionWindow) {
			this.connectionWindow = connectionWindow;
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
		 * PRIORITY, resets of closed streams, ...) that a client may be ahead of its
		 * useful ones
		 * @return this builder
		 */
		public Builder maxWastedFrames(int maxWastedFrames) {
			this.maxWastedFrames = maxWastedFrames;
			return this;
		}

		/**
		 * Sets {@code maxResets}.
		 * @param maxResets requests that a client may cancel, or have cancelled by
		 * mistakes, ahead of those it lets be answered; a quarter is forgiven every
		 * second
		 * @return this builder
		 */
		public Builder maxResets(int maxResets) {
			this.maxResets = maxResets;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public Http2ServerLimits build() {
			return new Http2ServerLimits(this);
		}

	}

}
