package io.securestreams.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds of a proxy's server. A client is a user of this machine, the subject of a
 * certificate, or an address.
 */
public final class ProxyLimits extends Limits {

	/**
	 * 10,000 links in all, 1,000 links and 64 MiB of buffers for each client, 500 new
	 * links a second for each, 64 KiB of metadata in a frame, 3 s to say what is wanted.
	 */
	public static final ProxyLimits DEFAULTS = builder().build();

	private static final int MAX_FRAME = 65535;

	private final int maxLinks;

	private final int maxLinksPerClient;

	private final long maxBufferedPerClient;

	private final int linksPerSecond;

	private final int maxMetadata;

	private final Duration createTimeout;

	private ProxyLimits(Builder builder) {
		Require.atLeast("maxLinks", builder.maxLinks, 1);
		Require.atLeast("maxLinksPerClient", builder.maxLinksPerClient, 1);
		Require.atLeast("linksPerSecond", builder.linksPerSecond, 1);
		Require.atLeast("maxMetadata", builder.maxMetadata, 1);
		if (builder.maxBufferedPerClient < 1) {
			throw new IllegalArgumentException(
					"maxBufferedPerClient: " + builder.maxBufferedPerClient + " (expected: 1 or more)");
		}
		if (builder.createTimeout.isNegative() || builder.createTimeout.isZero()) {
			throw new IllegalArgumentException("createTimeout: " + builder.createTimeout + " (expected: more than 0)");
		}
		this.maxLinks = builder.maxLinks;
		this.maxLinksPerClient = builder.maxLinksPerClient;
		this.maxBufferedPerClient = builder.maxBufferedPerClient;
		this.linksPerSecond = builder.linksPerSecond;
		this.maxMetadata = Math.min(MAX_FRAME, builder.maxMetadata);
		this.createTimeout = builder.createTimeout;
	}

	/**
	 * Starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns {@code maxLinks}.
	 * @return about how many links there are at a time; further ones are closed at once
	 */
	public int maxLinks() {
		return this.maxLinks;
	}

	/**
	 * Returns {@code maxLinksPerClient}.
	 * @return most links, which are streams, of one client
	 */
	public int maxLinksPerClient() {
		return this.maxLinksPerClient;
	}

	/**
	 * Returns {@code maxBufferedPerClient}.
	 * @return most bytes that the buffers of all streams of one client come to; those of
	 * a streamtype count whether they are full or not
	 */
	public long maxBufferedPerClient() {
		return this.maxBufferedPerClient;
	}

	/**
	 * Returns {@code linksPerSecond}.
	 * @return how many links a client may make in a second, on average and at once
	 */
	public int linksPerSecond() {
		return this.linksPerSecond;
	}

	/**
	 * Returns {@code maxMetadata}.
	 * @return most bytes of a name of metadata with its value
	 */
	public int maxMetadata() {
		return this.maxMetadata;
	}

	/**
	 * Returns {@code createTimeout}.
	 * @return most time from accepting a link until the client has said what it wants
	 */
	public Duration createTimeout() {
		return this.createTimeout;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxLinks", this.maxLinks);
		values.put("maxLinksPerClient", this.maxLinksPerClient);
		values.put("maxBufferedPerClient", this.maxBufferedPerClient);
		values.put("linksPerSecond", this.linksPerSecond);
		values.put("maxMetadata", this.maxMetadata);
		values.put("createTimeout", this.createTimeout);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int maxLinks = 10_000;

		private int maxLinksPerClient = 1000;

		private long maxBufferedPerClient = 64L * 1024 * 1024;

		private int linksPerSecond = 500;

		private int maxMetadata = MAX_FRAME;

		private Duration createTimeout = Duration.ofSeconds(3);

		private Builder() {
		}

		/**
		 * Sets {@code maxLinks}.
		 * @param maxLinks about how many links there are at a time
		 * @return this builder
		 */
		public Builder maxLinks(int maxLinks) {
			this.maxLinks = maxLinks;
			return this;
		}

		/**
		 * Sets {@code maxLinksPerClient}.
		 * @param maxLinksPerClient most links of one client
		 * @return this builder
		 */
		public Builder maxLinksPerClient(int maxLinksPerClient) {
			this.maxLinksPerClient = maxLinksPerClient;
			return this;
		}

		/**
		 * Sets {@code maxBufferedPerClient}.
		 * @param maxBufferedPerClient most bytes that the buffers of a client's streams
		 * come to
		 * @return this builder
		 */
		public Builder maxBufferedPerClient(long maxBufferedPerClient) {
			this.maxBufferedPerClient = maxBufferedPerClient;
			return this;
		}

		/**
		 * Sets {@code linksPerSecond}.
		 * @param linksPerSecond how many links a client may make in a second
		 * @return this builder
		 */
		public Builder linksPerSecond(int linksPerSecond) {
			this.linksPerSecond = linksPerSecond;
			return this;
		}

		/**
		 * Sets {@code maxMetadata}.
		 * @param maxMetadata most bytes of a name of metadata with its value; 65535 at
		 * most
		 * @return this builder
		 */
		public Builder maxMetadata(int maxMetadata) {
			this.maxMetadata = maxMetadata;
			return this;
		}

		/**
		 * Sets {@code createTimeout}.
		 * @param createTimeout most time until a client has said what it wants
		 * @return this builder
		 */
		public Builder createTimeout(Duration createTimeout) {
			this.createTimeout = createTimeout;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public ProxyLimits build() {
			return new ProxyLimits(this);
		}

	}

}
