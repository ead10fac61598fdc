package io.securestreams.transport.http2.client;

import java.util.Map;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.frame.Decimals;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * Whether a sequence of header blocks and data is a response (RFC 9113 section 8.1).
 * Everything that is ambiguous is refused. Methods return what is wrong, or {@code null}.
 */
final class ResponseCheck {

	private static final AsciiString STATUS = AsciiString.cached(":status");

	private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

	private final boolean head;

	private final boolean tunnel;

	private int status;

	private int informational;

	private boolean continues;

	/** Body length the head announces, -1 if it does not. */
	private long announced = -1;

	private long received;

	/**
	 * Makes the rules for one response.
	 * @param head whether the request is a HEAD
	 * @param tunnel whether the request is a CONNECT
	 */
	ResponseCheck(boolean head, boolean tunnel) {
		this.head = head;
		this.tunnel = tunnel;
	}

	/**
	 * Returns the status of the final response.
	 * @return the status, or 0 before its head
	 */
	int status() {
		return this.status;
	}

	/**
	 * Whether the last head was 100 (Continue).
	 * @return {@code false} for any other
	 */
	boolean isContinue() {
		return this.continues;
	}

	@Nullable String headers(Http2Headers headers, boolean endStream, int maxInformational) throws Http2Violation {
		if (this.status != 0) {
			return trailers(headers, endStream);
		}
		int status = 0;
		long length = -1;
		for (Map.Entry<CharSequence, CharSequence> header : headers) {
			CharSequence name = header.getKey();
			if (name.charAt(0) == ':') {
				if (status != 0 || !STATUS.contentEquals(name)) {
					return "pseudo header " + name;
				}
				status = status(header.getValue());
				if (status < 100) {
					return ":status that is not three digits";
				}
			}
			else if (name.length() == CONTENT_LENGTH.length() && CONTENT_LENGTH.contentEquals(name)) {
				long value = Decimals.parse(header.getValue());
				if (length >= 0 || value < 0) {
					return "content-length that is not one number";
				}
				length = value;
			}
		}
		if (status == 0) {
			return "no :status";
		}
		this.continues = status == 100;
		if (status < 200) {
			return informational(status, endStream, maxInformational);
		}
		this.status = status;
		// Without meaning once a tunnel is open, RFC 9110 section 9.3.6
		this.announced = (this.tunnel && status < 300) ? -1 : length;
		return (endStream) ? end() : null;
	}

	@Nullable String data(int count) {
		this.received += count;
		if (isBodyless()) {
			return "body in a response to HEAD, or of status " + this.status;
		}
		if (this.announced >= 0 && this.received > this.announced) {
			return "body longer than its content-length " + this.announced;
		}
		return null;
	}

	@Nullable String end() {
		if (this.status == 0) {
			return "END_STREAM before a response";
		}
		if (this.announced >= 0 && this.received != this.announced && !isBodyless()) {
			return "body of " + this.received + " bytes (expected: content-length " + this.announced + ")";
		}
		return null;
	}

	private boolean isBodyless() {
		return this.head || this.status == 204 || this.status == 304;
	}

	private @Nullable String informational(int status, boolean endStream, int max) throws Http2Violation {
		// There is no switching of protocols in HTTP/2, RFC 9113 section 8.6
		if (endStream || status == 101) {
			return "response " + status + (endStream ? " with END_STREAM" : "");
		}
		this.informational++;
		if (this.informational > max) {
			throw new Http2Violation(Http2Error.ENHANCE_YOUR_CALM, "more than " + max + " interim responses");
		}
		return null;
	}

	private @Nullable String trailers(Http2Headers headers, boolean endStream) {
		if (!endStream) {
			return "second head without END_STREAM";
		}
		for (Map.Entry<CharSequence, CharSequence> header : headers) {
			if (header.getKey().charAt(0) == ':') {
				return "pseudo header in trailers";
			}
		}
		return end();
	}

	private static int status(CharSequence text) {
		return (text.length() == 3) ? (int) Decimals.parse(text) : -1;
	}

}
