package io.securestreams.limits;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much is kept for streamtypes with {@code http_cookies}; the least recently used
 * cookies go first.
 */
public final class CookieLimits extends Limits {

	/**
	 * 1000 cookies, 50 per host (RFC 6265 section 6.1), each of up to 4096 characters.
	 */
	public static final CookieLimits DEFAULTS = builder().build();

	private final int maxCookies;

	private final int maxPerHost;

	private final int maxLength;

	private CookieLimits(Builder builder) {
		Require.atLeast("maxCookies", builder.maxCookies, 1);
		Require.atLeast("maxPerHost", builder.maxPerHost, 1);
		Require.atLeast("maxLength", builder.maxLength, 1);
		this.maxCookies = builder.maxCookies;
		this.maxPerHost = builder.maxPerHost;
		this.maxLength = builder.maxLength;
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
		Builder builder = new Builder();
		builder.maxCookies = this.maxCookies;
		builder.maxPerHost = this.maxPerHost;
		builder.maxLength = this.maxLength;
		return builder;
	}

	/**
	 * Returns {@code maxCookies}.
	 * @return most cookies in all
	 */
	public int maxCookies() {
		return this.maxCookies;
	}

	/**
	 * Returns {@code maxPerHost}.
	 * @return most cookies of one host
	 */
	public int maxPerHost() {
		return this.maxPerHost;
	}

	/**
	 * Returns {@code maxLength}.
	 * @return longest name and value together, characters; longer cookies are ignored
	 */
	public int maxLength() {
		return this.maxLength;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxCookies", this.maxCookies);
		values.put("maxPerHost", this.maxPerHost);
		values.put("maxLength", this.maxLength);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int maxCookies = 1000;

		private int maxPerHost = 50;

		private int maxLength = 4096;

		private Builder() {
		}

		/**
		 * Sets {@code maxCookies}.
		 * @param maxCookies most cookies in all
		 * @return this builder
		 */
		public Builder maxCookies(int maxCookies) {
			this.maxCookies = maxCookies;
			return this;
		}

		/**
		 * Sets {@code maxPerHost}.
		 * @param maxPerHost most cookies of one host
		 * @return this builder
		 */
		public Builder maxPerHost(int maxPerHost) {
			this.maxPerHost = maxPerHost;
			return this;
		}

		/**
		 * Sets {@code maxLength}.
		 * @param maxLength longest name and value together, characters; longer cookies
		 * are ignored
		 * @return this builder
		 */
		public Builder maxLength(int maxLength) {
			this.maxLength = maxLength;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public CookieLimits build() {
			return new CookieLimits(this);
		}

	}

}
