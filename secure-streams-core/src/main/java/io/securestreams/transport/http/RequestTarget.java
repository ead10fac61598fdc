package io.securestreams.transport.http;

import org.jspecify.annotations.Nullable;

/**
 * Normalises the target of a received request (RFC 3986 section 6.2.2), so that there is
 * one spelling of a path for routes and applications: no dot segments, no escapes that
 * are not needed, the others in upper case. The query stays as it is.
 */
public final class RequestTarget {

	private static final String HEX = "0123456789ABCDEF";

	private RequestTarget() {
	}

	/**
	 * Normalises a target in origin form.
	 * @param target path and query, the path with a leading slash
	 * @return the same, normalised; {@code null} if it has no proper path: an escape
	 * without two digits, or one of a control character
	 */
	public static @Nullable String normalize(String target) {
		int query = target.indexOf('?');
		int end = (query < 0) ? target.length() : query;
		boolean escapes = false;
		boolean dots = false;
		for (int i = 0; i < end; i++) {
			char character = target.charAt(i);
			if (character == '%') {
				escapes = true;
			}
			else if (character == '.' && i > 0 && target.charAt(i - 1) == '/') {
				dots = true;
			}
			else if (character == '#') {
				return null;
			}
		}
		if (!escapes && !dots) {
			return target;
		}
		String path = escapes ? unescaped(target, end) : target.substring(0, end);
		if (path == null) {
			return null;
		}
		String clean = path.contains("/.") ? withoutDots(path) : path;
		return (query < 0) ? clean : clean + target.substring(query);
	}

	private static @Nullable String unescaped(String target, int end) {
		StringBuilder path = new StringBuilder(end);
		for (int i = 0; i < end; i++) {
			char character = target.charAt(i);
			if (character != '%') {
				path.append(character);
				continue;
			}
			int high = (i + 2 < end) ? digit(target.charAt(i + 1)) : -1;
			int low = (i + 2 < end) ? digit(target.charAt(i + 2)) : -1;
			if (high < 0 || low < 0) {
				return null;
			}
			int octet = high * 16 + low;
			if (octet < ' ' || octet == 0x7f) {
				return null;
			}
			if (isUnreserved(octet)) {
				path.append((char) octet);
			}
			else {
				path.append('%').append(HEX.charAt(high)).append(HEX.charAt(low));
			}
			i += 2;
		}
		return path.toString();
	}

	private static int digit(char character) {
		return (character < 0x80) ? Character.digit(character, 16) : -1;
	}

	private static boolean isUnreserved(int octet) {
		return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9')
				|| octet == '-' || octet == '.' || octet == '_' || octet == '~';
	}

	/** RFC 3986 section 5.2.4; what leads above the root stays there. */
	private static String withoutDots(String path) {
		StringBuilder clean = new StringBuilder(path.length());
		int from = 0;
		while (from < path.length()) {
			int next = path.indexOf('/', from + 1);
			int end = (next < 0) ? path.length() : next;
			boolean last = next < 0;
			if (isSegment(path, from, end, "/..")) {
				clean.setLength(Math.max(0, clean.lastIndexOf("/")));
				if (last) {
					clean.append('/');
				}
			}
			else if (!isSegment(path, from, end, "/.")) {
				clean.append(path, from, end);
			}
			else if (last) {
				clean.append('/');
			}
			from = end;
		}
		return clean.isEmpty() ? "/" : clean.toString();
	}

	private static boolean isSegment(String path, int from, int end, String segment) {
		return end - from == segment.length() && path.startsWith(segment, from);
	}

}
