package io.securestreams.transport.http1.server;

import java.util.Locale;

import io.securestreams.policy.http.HttpToken;
import io.securestreams.transport.http.FieldRules;
import io.securestreams.transport.http.RequestTarget;
import io.securestreams.transport.http.multipart.MessagePayload;
import io.securestreams.transport.http1.BodyDecoder;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http1.MessageHead;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a received request says, checked (RFC 9112 sections 3, 6 and 9).
 *
 * @param method request method
 * @param path path and query
 * @param minor minor version: 0 or more
 * @param persistent whether the client allows another request after this one
 * @param content whether its content is to be expected, be it empty
 * @param expectsContinue whether it waits for 100 before it sends the body
 * @param upgrade whether it asks for another protocol, and has no body
 */
record ServerRequest(String method, String path, int minor, boolean persistent, boolean content,
		boolean expectsContinue, boolean upgrade) {

	private static final int MAX_SHORT = 256;

	private static final String VERSION = "HTTP/";

	private static final String[] USUAL_METHODS = { "GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS" };

	/**
	 * Reads a head.
	 * @param head the head
	 * @param body is started with the framing of the request
	 * @param last the one before on the connection, which is often the same, or
	 * {@code null}
	 * @return the request
	 */
	static ServerRequest of(MessageHead head, BodyDecoder body, @Nullable ServerRequest last)
			throws MalformedMessageException {
		byte[] line = head.bytes();
		int end = head.startLineEnd();
		int methodEnd = 0;
		while (methodEnd < end && HttpToken.isTokenCharacter(line[methodEnd] & 0xff)) {
			methodEnd++;
		}
		int target = methodEnd + 1;
		int targetEnd = target;
		while (targetEnd < end && line[targetEnd] > ' ' && line[targetEnd] < 0x7f) {
			targetEnd++;
		}
		if (methodEnd == 0 || targetEnd == target || targetEnd >= end || line[methodEnd] != ' '
				|| line[targetEnd] != ' ') {
			throw MalformedMessageException.badRequest("request line that is not: method, target, version");
		}
		int minor = minor(line, targetEnd + 1, end);
		checkHost(head, minor);
		String method = method(head, methodEnd);
		ServerRequest known = (last != null && last.isTarget(line, target, targetEnd)) ? last : null;
		String path = (known != null) ? known.path
				: RequestTarget.normalize(path(method, head.text(target, targetEnd)));
		if (path == null) {
			throw MalformedMessageException.badRequest("request target without a proper path");
		}
		boolean content = frame(method, head, minor, body);
		boolean persistent = (minor > 0) ? !head.hasToken("connection", "close")
				: head.hasToken("connection", "keep-alive");
		boolean upgrade = minor > 0 && body.isDone() && head.find("upgrade", 0) >= 0
				&& head.hasToken("connection", "upgrade");
		boolean expects = expects(head, minor) && !body.isDone();
		if (known != null && known.method.equals(method) && known.minor == minor && known.persistent == persistent
				&& known.content == content && known.expectsContinue == expects && known.upgrade == upgrade) {
			return known;
		}
		return new ServerRequest(method, path, minor, persistent, content, expects, upgrade);
	}

	/** Whether it is worth its memory until the next one. */
	boolean isShort() {
		return this.path.length() <= MAX_SHORT;
	}

	/** Whether a target is this path, which is normal as it is. */
	private boolean isTarget(byte[] line, int from, int to) {
		return to - from == this.path.length() && line[from] == '/' && isAt(line, from, this.path);
	}

	/** Returns whether content is to be expected. */
	private static boolean frame(String method, MessageHead head, int minor, BodyDecoder body)
			throws MalformedMessageException {
		boolean chunked = head.isChunked();
		long length = head.contentLength();
		if (chunked && (length >= 0 || minor == 0)) {
			throw MalformedMessageException.badRequest("Transfer-Encoding with Content-Length or HTTP/1.0");
		}
		if (chunked) {
			body.startChunked();
		}
		else {
			body.startLength(Math.max(0, length));
		}
		return MessagePayload.isExpected(method, length, chunked);
	}

	private static boolean expects(MessageHead head, int minor) throws MalformedMessageException {
		String expect = (minor > 0) ? head.first("expect") : null;
		if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
			throw new MalformedMessageException(417, "unknown expectation");
		}
		return expect != null;
	}

	private static int minor(byte[] line, int from, int to) throws MalformedMessageException {
		if (to - from != 8 || !isAt(line, from, VERSION) || !isDigit(line[from + 5]) || line[from + 6] != '.'
				|| !isDigit(line[from + 7])) {
			throw MalformedMessageException.badRequest("version that is not HTTP/1.x");
		}
		if (line[from + 5] != '1') {
			throw new MalformedMessageException(505, "version that is not HTTP/1.x");
		}
		return line[from + 7] - '0';
	}

	private static boolean isDigit(int octet) {
		return octet >= '0' && octet <= '9';
	}

	private static boolean isAt(byte[] bytes, int from, String text) {
		for (int i = 0; i < text.length(); i++) {
			if (bytes[from + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/** The usual ones are there already. */
	private static String method(MessageHead head, int end) {
		for (String usual : USUAL_METHODS) {
			if (usual.length() == end && isAt(head.bytes(), 0, usual)) {
				return usual;
			}
		}
		return head.text(0, end);
	}

	private static String path(String method, String target) throws MalformedMessageException {
		if (target.charAt(0) == '/') {
			return target;
		}
		if (target.equals("*") && method.equals("OPTIONS")) {
			return target;
		}
		if (method.equals("CONNECT")) {
			throw new MalformedMessageException(501, "CONNECT");
		}
		String lower = target.toLowerCase(Locale.ROOT);
		if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
			throw MalformedMessageException.badRequest("request target that is neither a path nor a URL");
		}
		int authority = target.indexOf("//") + 2;
		int path = authority;
		while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
			path++;
		}
		if (path == authority) {
			throw MalformedMessageException.badRequest("request target without a host");
		}
		String rest = target.substring(path);
		return rest.startsWith("/") ? rest : "/" + rest;
	}

	private static void checkHost(MessageHead head, int minor) throws MalformedMessageException {
		int field = head.find("host", 0);
		if (field < 0) {
			if (minor > 0) {
				throw MalformedMessageException.badRequest("no Host");
			}
			return;
		}
		if (head.find("host", field + 1) >= 0) {
			throw MalformedMessageException.badRequest("more than one Host");
		}
		if (!head.isAuthority(field)) {
			throw MalformedMessageException.badRequest("Host that is not a host");
		}
	}

}
