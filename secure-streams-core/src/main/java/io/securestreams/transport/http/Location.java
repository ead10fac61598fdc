package io.securestreams.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the value of {@code Location} against the request it answers (RFC 3986 section
 * 5). More forgiving than {@link java.net.URI}, as servers send characters that should be
 * encoded.
 */
final class Location {

	private static final String HTTP = "http://";

	private static final String HTTPS = "https://";

	private Location() {
	}

	/**
	 * Resolves a reference.
	 * @param current where the request went
	 * @param path path and query of the request
	 * @param location the reference, a character for each octet
	 * @return where it points, with a path of its own, or {@code null} if it cannot be
	 * followed
	 */
	static @Nullable Target resolve(Target current, String path, String location) {
		String reference = withoutFragment(location.strip());
		String lower = reference.toLowerCase(Locale.ROOT);
		if (lower.startsWith(HTTPS)) {
			return absolute(reference.substring(HTTPS.length()), true);
		}
		if (lower.startsWith(HTTP)) {
			return absolute(reference.substring(HTTP.length()), false);
		}
		if (reference.startsWith("//")) {
			return absolute(reference.substring(2), current.tls());
		}
		if (hasScheme(reference)) {
			return null;
		}
		return new Target(current.address(), current.tls(), encoded(merge(path, reference)));
	}

	/** What is not ASCII is sent octet by octet as it came. */
	private static String encoded(String path) {
		StringBuilder encoded = new StringBuilder(path.length() + 16);
		RequestPaths.percentEncode(path.getBytes(StandardCharsets.ISO_8859_1), encoded);
		return encoded.toString();
	}

	private static String withoutFragment(String reference) {
		int fragment = reference.indexOf('#');
		return (fragment < 0) ? reference : reference.substring(0, fragment);
	}

	private static boolean hasScheme(String reference) {
		for (int i = 0; i < reference.length(); i++) {
			char character = reference.charAt(i);
			if (character == ':') {
				return i > 0;
			}
			if (!Character.isLetterOrDigit(character) && "+-.".indexOf(character) < 0) {
				return false;
			}
		}
		return false;
	}

	private static @Nullable Target absolute(String rest, boolean tls) {
		int end = 0;
		while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
			end++;
		}
		Address.Host address = host(rest.substring(0, end), tls ? 443 : 80);
		if (address == null) {
			return null;
		}
		String path = rest.substring(end);
		path = path.startsWith("/") ? withoutDots(path) : "/" + path;
		return new Target(address, tls, encoded(path));
	}

	private static Address.@Nullable Host host(String authority, int defaultPort) {
		// A user part would be a credential of somebody else's making
		if (authority.isEmpty() || authority.indexOf('@') >= 0) {
			return null;
		}
		int colon = authority.lastIndexOf(':');
		String host = authority;
		int port = defaultPort;
		if (colon >= 0 && colon > authority.lastIndexOf(']')) {
			host = authority.substring(0, colon);
			port = port(authority.substring(colon + 1), defaultPort);
		}
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		String name = new String(host.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
		return (name.isEmpty() || port < 1) ? null : new Address.Host(name, port);
	}

	private static int port(String text, int defaultPort) {
		if (text.isEmpty()) {
			return defaultPort;
		}
		if (text.length() > 5 || !text.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			return -1;
		}
		int port = Integer.parseInt(text);
		return (port <= 65535) ? port : -1;
	}

	private static String merge(String path, String reference) {
		if (reference.startsWith("/")) {
			return withoutDots(reference);
		}
		int query = path.indexOf('?');
		String base = (query < 0) ? path : path.substring(0, query);
		if (reference.isEmpty()) {
			return path;
		}
		if (reference.startsWith("?")) {
			return base + reference;
		}
		return withoutDots(base.substring(0, base.lastIndexOf('/') + 1) + reference);
	}

	private static String withoutDots(String pathAndQuery) {
		int query = pathAndQuery.indexOf('?');
		String path = (query < 0) ? pathAndQuery : pathAndQuery.substring(0, query);
		if (!path.contains("/.")) {
			return pathAndQuery;
		}
		Deque<String> kept = new ArrayDeque<>();
		String[] segments = path.substring(1).split("/", -1);
		for (int i = 0; i < segments.length; i++) {
			boolean last = i == segments.length - 1;
			switch (segments[i]) {
				case "." -> {
					if (last) {
						kept.addLast("");
					}
				}
				case ".." -> {
					kept.pollLast();
					if (last) {
						kept.addLast("");
					}
				}
				default -> kept.addLast(segments[i]);
			}
		}
		return "/" + String.join("/", kept) + ((query < 0) ? "" : pathAndQuery.substring(query));
	}

}
