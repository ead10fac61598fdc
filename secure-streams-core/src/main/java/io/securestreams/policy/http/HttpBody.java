package io.securestreams.policy.http;

/**
 * How HTTP bodies are framed and read.
 *
 * @param noContentLength whether the content-length header is left out
 * ({@code http_no_content_length})
 * @param formUrlEncoded whether the request body is a form
 * ({@code http_www_form_urlencoded})
 * @param multipart name of the part of an outgoing multipart body, {@link Multipart#NONE}
 * if the body is not multipart
 * @param multipartIn whether an incoming multipart body is taken apart
 * ({@code http_multipart_ss_in})
 */
public record HttpBody(boolean noContentLength, boolean formUrlEncoded, Multipart multipart, boolean multipartIn) {

	/** A plain body. */
	public static final HttpBody PLAIN = new HttpBody(false, false, Multipart.NONE, false);

	/**
	 * One part of an outgoing multipart/form-data body (RFC 7578).
	 *
	 * @param name {@code http_multipart_name}
	 * @param filename {@code http_multipart_filename}
	 * @param contentType {@code http_mime_content_type} or
	 * {@code http_multipart_content_type}
	 */
	public record Multipart(String name, String filename, String contentType) {

		/** Not multipart. */
		public static final Multipart NONE = new Multipart("", "", "");

		/**
		 * Whether the body goes out as multipart.
		 * @return {@code true} if there is a name or a file name
		 */
		public boolean isEnabled() {
			return !this.name.isEmpty() || !this.filename.isEmpty();
		}

	}

}
