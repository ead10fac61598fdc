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

	private final Builder given;

	private CookieLimits(Builder builder) {
		Require.atLeast("maxCookies", builder.maxCookies, 1);
		Require.atLeast("maxPerHost", builder.maxPerHost, 1);
		Require.atLeast("maxLength", builder.maxLength, 1);
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
	 * Returns {@code maxCookies}.
	 * @return most cookies in all
	 */
	public int maxCookies() {
		return this.given.maxCookies;
	}

	/**
	 * Returns {@code maxPerHost}.
	 * @return most cookies of one host
	 */
	public int maxPerHost() {
		return this.given.maxPerHost;
	}

	/**
	 * Returns {@code maxLength}.
	 * @return longest name and value together, characters; longer cookies are ignored
	 */
	public int maxLength() {
		return this.given.maxLength;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxCookies", this.given.maxCookies);
		values.put("maxPerHost", this.given.maxPerHost);
		values.put("maxLength", this.given.maxLength);
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

		private Builder(Builder from) {
			this.maxCookies = from.maxCookies;
			this.maxPerHost = from.maxPerHost;
			this.maxLength = from.maxLength;
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
