package io.securestreams.transport.http2.server;

import java.util.Map;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.securestreams.policy.http.HttpToken;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.RequestTarget;
import io.securestreams.transport.http2.MessageFields;
import io.securestreams.transport.http2.frame.Decimals;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request (RFC 9113 section 8.3.1), and whether it is one. What the header
 * decoder checks, each field by itself, is not checked again. One object serves all
 * requests of a connection, each until the next.
 */
final class ReceivedRequest {

	private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

	private static final AsciiString EXPECT = AsciiString.cached("expect");

	private static final AsciiString HOST = AsciiString.cached("host");

	private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");

	private static final AsciiString CONTINUE = AsciiString.cached("100-continue");

	private static final AsciiString HTTP = AsciiString.cached("http");

	private static final AsciiString HTTPS = AsciiString.cached("https");

	private final MessageFields fields = new MessageFields();

	private @Nullable CharSequence method;

	private @Nullable CharSequence scheme;

	private @Nullable CharSequence authority;

	private @Nullable CharSequence path;

	private @Nullable CharSequence protocol;

	private @Nullable CharSequence host;

	private @Nullable CharSequence expect;

	private long contentLength;

	/**
	 * Takes a head.
	 * @param headers its fields
	 * @param endStream whether there is no body
	 * @return why it is malformed, or {@code null}
	 */
	@Nullable String read(Http2Headers headers, boolean endStream) {
		this.fields.of(headers);
		this.method = null;
		this.scheme = null;
		this.authority = null;
		this.path = null;
		this.protocol = null;
		this.host = null;
		this.expect = null;
		this.contentLength = -1;
		for (Map.Entry<CharSequence, CharSequence> header : headers) {
			CharSequence name = header.getKey();
			CharSequence value = header.getValue();
			String problem = (name.charAt(0) == ':') ? pseudo(name, value) : regular(name, value);
			if (problem != null) {
				return problem;
			}
		}
		String problem = control();
		return (problem == null && endStream && this.contentLength > 0) ? "content-length without a body" : problem;
	}

	private @Nullable String pseudo(CharSequence name, CharSequence value) {
		boolean again;
		switch (name.charAt(1)) {
			case 'm' -> {
				again = this.method != null;
				this.method = value;
			}
			case 's' -> {
				if (name.charAt(2) != 'c') {
					return ":status in a request";
				}
				again = this.scheme != null;
				this.scheme = value;
			}
			case 'a' -> {
				again = this.authority != null;
				this.authority = value;
			}
			default -> {
				if (PROTOCOL.contentEquals(name)) {
					again = this.protocol != null;
					this.protocol = value;
				}
				else {
					again = this.path != null;
					this.path = value;
				}
			}
		}
		return again ? "more than one " + name : null;
	}

	private @Nullable String regular(CharSequence name, CharSequence value) {
		switch (name.length()) {
			case 4 -> {
				if (HOST.contentEquals(name)) {
					if (this.host != null) {
						return "more than one host";
					}
					this.host = value;
				}
			}
			case 6 -> {
				if (EXPECT.contentEquals(name)) {
					this.expect = value;
				}
			}
			case 14 -> {
				if (CONTENT_LENGTH.contentEquals(name)) {
					long length = Decimals.parse(value);
					if (length < 0 || this.contentLength >= 0) {
						return "content-length that is not one number";
					}
					this.contentLength = length;
				}
			}
			default -> {
			}
		}
		return null;
	}

	private @Nullable String control() {
		CharSequence method = this.method;
		if (method == null || !HttpToken.isToken(method)) {
			return "no :method";
		}
		if (isConnect() && this.protocol == null) {
			return (this.authority == null || this.scheme != null || this.path != null)
					? "CONNECT not with :authority alone" : null;
		}
		if (this.protocol != null && !isConnect()) {
			return ":protocol without CONNECT";
		}
		CharSequence scheme = this.scheme;
		if (scheme == null || scheme.length() == 0) {
			return "no :scheme";
		}
		CharSequence path = this.path;
		if (path == null || !isPath(path, scheme)) {
			return "no :path";
		}
		// RFC 9113 section 8.3.1: which of them is meant would be a matter of opinion
		if (this.host != null && this.authority != null
				&& !AsciiString.contentEqualsIgnoreCase(this.host, this.authority)) {
			return "host that differs from :authority";
		}
		return null;
	}

	private boolean isPath(CharSequence path, CharSequence scheme) {
		if (!HTTP.contentEquals(scheme) && !HTTPS.contentEquals(scheme)) {
			return path.length() > 0;
		}
		if (path.length() == 1 && path.charAt(0) == '*') {
			return "OPTIONS".contentEquals(method());
		}
		for (int i = 0; i < path.length(); i++) {
			char character = path.charAt(i);
			if (character <= ' ' || character >= 0x7f || character == '#') {
				return false;
			}
		}
		return path.length() > 0 && path.charAt(0) == '/';
	}

	/**
	 * Decides whether a request that is not malformed has to be refused all the same.
	 * @param maxPath longest path, bytes
	 * @return a status, or 0 for a request to be served
	 */
	int refusal(int maxPath) {
		if (isConnect() && this.protocol == null) {
			return 501;
		}
		if (this.path != null && this.path.length() > maxPath) {
			return 414;
		}
		CharSequence authority = (this.authority != null) ? this.authority : this.host;
		if (authority == null || !FieldRules.isAuthority(authority)) {
			return 400;
		}
		String normalized = RequestTarget.normalize(path());
		if (normalized == null) {
			return 400;
		}
		this.path = normalized;
		if (this.expect != null && !AsciiString.contentEqualsIgnoreCase(this.expect, CONTINUE)) {
			return 417;
		}
		return 0;
	}

	boolean isConnect() {
		return "CONNECT".contentEquals(method());
	}

	boolean expectsContinue() {
		return this.expect != null;
	}

	String method() {
		return (this.method != null) ? this.method.toString() : "";
	}

	/** Path and query. */
	String path() {
		return (this.path != null) ? this.path.toString() : "";
	}

	/** What an extended CONNECT asks for (RFC 8441), or {@code null}. */
	@Nullable String protocol() {
		return (this.protocol != null) ? this.protocol.toString() : null;
	}

	/** Returns the length announced, or -1. */
	long contentLength() {
		return this.contentLength;
	}

	ReceivedHeaders fields() {
		return this.fields;
	}

	void clear() {
		this.fields.clear();
	}

}
