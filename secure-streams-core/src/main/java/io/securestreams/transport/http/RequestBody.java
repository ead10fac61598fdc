package io.securestreams.transport.http;

import io.securestreams.policy.http.HttpBody;
import org.jspecify.annotations.Nullable;

/**
 * How the body of a client request is going to be framed.
 *
 * @param framing kind of framing
 * @param length number of bytes where it is {@link Framing#LENGTH}, else -1
 * @param slots whether the application is asked for payload
 */
public record RequestBody(Framing framing, long length, boolean slots) {

	private static final RequestBody NONE = new RequestBody(Framing.NONE, -1, false);

	private static final RequestBody EMPTY = new RequestBody(Framing.LENGTH, 0, false);

	private static final RequestBody STREAM = new RequestBody(Framing.STREAM, -1, true);

	/**
	 * Kinds of framing.
	 */
	public enum Framing {

		/** No body and no length. */
		NONE,

		/** {@code content-length}. */
		LENGTH,

		/** Chunked on HTTP/1.1, DATA frames until END_STREAM on HTTP/2. */
		STREAM

	}

	/**
	 * Decides the framing of a request. POST, PUT and PATCH have a body if the
	 * application wants to send, and say {@code content-length: 0} if it does not. GET,
	 * HEAD and their like never have one; other methods only with a length that was
	 * announced.
	 * @param method request method
	 * @param body the policy's settings
	 * @param txRequested whether the application wants to send
	 * @param txLength length it announced, or -1
	 * @param lengthMetadata value of metadata mapped to {@code content-length}, or
	 * {@code null}
	 * @return the framing
	 * @throws InvalidRequestException if the metadata is not a length
	 */
	public static RequestBody of(String method, HttpBody body, boolean txRequested, long txLength,
			@Nullable String lengthMetadata) {
		boolean payloadMethod = isPayloadMethod(method);
		if (isBodyless(method)) {
			return NONE;
		}
		long length = (txLength < 0 && lengthMetadata != null) ? parse(lengthMetadata) : txLength;
		if (payloadMethod ? !txRequested && length <= 0 : length <= 0) {
			return payloadMethod ? EMPTY : NONE;
		}
		boolean multipart = body.multipart().isEnabled();
		if (length < 0 || body.noContentLength() || multipart) {
			return STREAM;
		}
		return new RequestBody(Framing.LENGTH, length, true);
	}

	/**
	 * Whether a method usually carries payload.
	 * @param method request method
	 * @return {@code true} for POST, PUT and PATCH
	 */
	public static boolean isPayloadMethod(String method) {
		return switch (method) {
			case "POST", "PUT", "PATCH" -> true;
			default -> false;
		};
	}

	/**
	 * Whether a request may be sent again when it is not known what became of it (RFC
	 * 9110 section 9.2.2).
	 * @param method request method
	 * @return {@code true} for the idempotent methods of the RFC
	 */
	public static boolean isIdempotent(String method) {
		return switch (method) {
			case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
			default -> false;
		};
	}

	private static boolean isBodyless(String method) {
		return switch (method) {
			case "GET", "HEAD", "OPTIONS", "TRACE", "CONNECT" -> true;
			default -> false;
		};
	}

	private static long parse(String text) {
		try {
			long length = Long.parseLong(text.strip());
			if (length >= 0) {
				return length;
			}
		}
		catch (NumberFormatException ex) {
			// Falls through to the refusal
		}
		throw new InvalidRequestException("metadata for content-length is not a number of bytes");
	}

}
