package io.securestreams.limits;

/**
 * How much of an HTTP message a peer may make us read before its content. What exceeds a
 * limit ends the connection.
 *
 * @param maxLineLength longest request line or status line, bytes (HTTP/1.1)
 * @param maxHeaderSize longest head, and longest trailer, bytes; on HTTP/2 by the count
 * of SETTINGS_MAX_HEADER_LIST_SIZE, which adds 32 for each field
 * @param maxHeaders most header fields
 * @param maxChunkExtensions most bytes of all chunk extensions of a body (HTTP/1.1)
 * @param maxParts most parts of a multipart body, where it is taken apart
 * @param maxPartHead longest head of a part, bytes
 */
public record HttpMessageLimits(int maxLineLength, int maxHeaderSize, int maxHeaders, int maxChunkExtensions,
		int maxParts, int maxPartHead) {

	/**
	 * Lines of 8 KiB, heads of 32 KiB and 200 fields, 16 KiB of chunk extensions, 1000
	 * parts with heads of 8 KiB.
	 */
	public static final HttpMessageLimits DEFAULTS = new HttpMessageLimits(8 * 1024, 32 * 1024, 200, 16 * 1024, 1000,
			8 * 1024);

	public HttpMessageLimits {
		Require.atLeast("maxLineLength", maxLineLength, 64);
		Require.atLeast("maxHeaderSize", maxHeaderSize, 64);
		Require.atLeast("maxHeaders", maxHeaders, 1);
		Require.atLeast("maxChunkExtensions", maxChunkExtensions, 0);
		Require.atLeast("maxParts", maxParts, 1);
		Require.atLeast("maxPartHead", maxPartHead, 64);
	}

	/**
	 * Returns these limits with others for parts.
	 * @param maxParts see {@link #maxParts()}
	 * @param maxPartHead see {@link #maxPartHead()}
	 * @return a copy
	 */
	public HttpMessageLimits withParts(int maxParts, int maxPartHead) {
		return new HttpMessageLimits(this.maxLineLength, this.maxHeaderSize, this.maxHeaders, this.maxChunkExtensions,
				maxParts, maxPartHead);
	}

}
