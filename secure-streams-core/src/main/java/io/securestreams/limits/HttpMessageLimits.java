package io.securestreams.limits;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of an HTTP message a peer may make us read before its content. What exceeds a
 * limit ends the connection.
 */
public final class HttpMessageLimits extends Limits {

	/**
	 * Lines of 8 KiB, heads of 32 KiB and 200 fields, 16 KiB of chunk extensions, 1000
	 * parts with heads of 8 KiB.
	 */
	public static final HttpMessageLimits DEFAULTS = builder().build();

	private final Builder given;

	private HttpMessageLimits(Builder builder) {
		Require.atLeast("maxLineLength", builder.maxLineLength, 64);
		Require.atLeast("maxHeaderSize", builder.maxHeaderSize, 64);
		Require.atLeast("maxHeaders", builder.maxHeaders, 1);
		Require.atLeast("maxChunkExtensions", builder.maxChunkExtensions, 0);
		Require.atLeast("maxParts", builder.maxParts, 1);
		Require.atLeast("maxPartHead", builder.maxPartHead, 64);
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
	 * Returns {@code maxLineLength}.
	 * @return longest request line or status line, bytes (HTTP/1.1)
	 */
	public int maxLineLength() {
		return this.given.maxLineLength;
	}

	/**
	 * Returns {@code maxHeaderSize}.
	 * @return longest head, and longest trailer, bytes; on HTTP/2 by the count of
	 * SETTINGS_MAX_HEADER_LIST_SIZE, which adds 32 for each field
	 */
	public int maxHeaderSize() {
		return this.given.maxHeaderSize;
	}

	/**
	 * Returns {@code maxHeaders}.
	 * @return most header fields
	 */
	public int maxHeaders() {
		return this.given.maxHeaders;
	}

	/**
	 * Returns {@code maxChunkExtensions}.
	 * @return most bytes of all chunk extensions of a body (HTTP/1.1)
	 */
	public int maxChunkExtensions() {
		return this.given.maxChunkExtensions;
	}

	/**
	 * Returns {@code maxParts}.
	 * @return most parts of a multipart body, where it is taken apart
	 */
	public int maxParts() {
		return this.given.maxParts;
	}

	/**
	 * Returns {@code maxPartHead}.
	 * @return longest head of a part, bytes
	 */
	public int maxPartHead() {
		return this.given.maxPartHead;
	}

	@Override
	Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("maxLineLength", this.given.maxLineLength);
		values.put("maxHeaderSize", this.given.maxHeaderSize);
		values.put("maxHeaders", this.given.maxHeaders);
		values.put("maxChunkExtensions", this.given.maxChunkExtensions);
		values.put("maxParts", this.given.maxParts);
		values.put("maxPartHead", this.given.maxPartHead);
		return values;
	}

	/**
	 * Collects limits; what is not set stays as it was.
	 */
	public static final class Builder {

		private int maxLineLength = 8 * 1024;

		private int maxHeaderSize = 32 * 1024;

		private int maxHeaders = 200;

		private int maxChunkExtensions = 16 * 1024;

		private int maxParts = 1000;

		private int maxPartHead = 8 * 1024;

		private Builder() {
		}

		private Builder(Builder from) {
			this.maxLineLength = from.maxLineLength;
			this.maxHeaderSize = from.maxHeaderSize;
			this.maxHeaders = from.maxHeaders;
			this.maxChunkExtensions = from.maxChunkExtensions;
			this.maxParts = from.maxParts;
			this.maxPartHead = from.maxPartHead;
		}

		/**
		 * Sets {@code maxLineLength}.
		 * @param maxLineLength longest request line or status line, bytes (HTTP/1.1)
		 * @return this builder
		 */
		public Builder maxLineLength(int maxLineLength) {
			this.maxLineLength = maxLineLength;
			return this;
		}

		/**
		 * Sets {@code maxHeaderSize}.
		 * @param maxHeaderSize longest head, and longest trailer, bytes; on HTTP/2 by the
		 * count of SETTINGS_MAX_HEADER_LIST_SIZE, which adds 32 for each field
		 * @return this builder
		 */
		public Builder maxHeaderSize(int maxHeaderSize) {
			this.maxHeaderSize = maxHeaderSize;
			return this;
		}

		/**
		 * Sets {@code maxHeaders}.
		 * @param maxHeaders most header fields
		 * @return this builder
		 */
		public Builder maxHeaders(int maxHeaders) {
			this.maxHeaders = maxHeaders;
			return this;
		}

		/**
		 * Sets {@code maxChunkExtensions}.
		 * @param maxChunkExtensions most bytes of all chunk extensions of a body
		 * (HTTP/1.1)
		 * @return this builder
		 */
		public Builder maxChunkExtensions(int maxChunkExtensions) {
			this.maxChunkExtensions = maxChunkExtensions;
			return this;
		}

		/**
		 * Sets {@code maxParts}.
		 * @param maxParts most parts of a multipart body, where it is taken apart
		 * @return this builder
		 */
		public Builder maxParts(int maxParts) {
			this.maxParts = maxParts;
			return this;
		}

		/**
		 * Sets {@code maxPartHead}.
		 * @param maxPartHead longest head of a part, bytes
		 * @return this builder
		 */
		public Builder maxPartHead(int maxPartHead) {
			this.maxPartHead = maxPartHead;
			return this;
		}

		/**
		 * Makes the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public HttpMessageLimits build() {
			return new HttpMessageLimits(this);
		}

	}

}
