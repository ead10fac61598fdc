package io.securestreams.engine.local;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.Target;

/**
 * Reads an expanded endpoint: a host with or without port, a URL, a unix socket or a
 * file. What it contains may come from metadata, and so from anywhere: of the policy's
 * own text is what says that it is a socket or a file, and whether there is TLS.
 */
final class EndpointParser {

	/** Limit of everything that is not the path of a URL. */
	static final int MAX_LENGTH = 239;

	/** Limit of the whole. */
	static final int MAX_URL_LENGTH = 8192;

	private static final String FILE = "file://";

	private static final String ABSTRACT = "+@";

	/** Schemes that turn TLS off; nothing turns it on. */
	private static final Set<String> PLAIN_SCHEMES = Set.of("http", "ws", "mqtt");

	private static final Set<String> TLS_SCHEMES = Set.of("https", "wss", "mqtts");

	private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "ws", 80, "https", 443, "wss", 443,
			"mqtt", 1883, "mqtts", 8883);

	private static final String NOT_IN_HOST = "/\\?#@<>\"[]";

	private EndpointParser() {
	}

	/**
	 * Reads an endpoint.
	 * @param text the endpoint after substitution
	 * @param own number of characters from the start that are the policy's own
	 * @param port the policy's port
	 * @param tls whether the policy wants TLS
	 * @return the target; its host is empty if the text is
	 * @throws IllegalArgumentException if the text is too long or no endpoint, or
	 * metadata would decide what the policy has to
	 */
	static Target parse(String text, int own, int port, boolean tls) {
		if (text.length() > MAX_URL_LENGTH) {
			throw tooLong(text.length(), MAX_URL_LENGTH);
		}
		if (text.startsWith("+")) {
			requireOwn("+", own);
			requireShort(text);
			boolean abstractName = text.startsWith(ABSTRACT);
			if (abstractName) {
				requireOwn(ABSTRACT, own);
			}
			String path = text.substring(abstractName ? ABSTRACT.length() : 1);
			requireClean(path, "");
			requireInside(path, own - 1);
			return new Target(new Address.Unix(path, abstractName), tls, null);
		}
		if (text.startsWith(FILE)) {
			requireOwn(FILE, own);
			requireShort(text);
			String path = text.substring(FILE.length());
			requireClean(path, "");
			requireInside(path, own - FILE.length());
			return new Target(new Address.File(path), false, null);
		}
		int scheme = text.indexOf("://");
		// In the path it is no scheme
		boolean url = scheme > 0 && text.lastIndexOf('/', scheme) < 0;
		return url ? url(text, scheme, own, port, tls) : authority(text, 0, port, tls);
	}

	private static Target url(String text, int end, int own, int port, boolean tls) {
		String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
		requireClean(scheme, NOT_IN_HOST);
		if (own < end + 3 && !(tls ? TLS_SCHEMES : PLAIN_SCHEMES).contains(scheme)) {
			// A URL as a value is welcome as long as it says what the policy says
			throw new IllegalArgumentException("endpoint: metadata may not choose the scheme (expected: "
					+ (tls ? "https, wss or mqtts, for the policy has \"tls\""
							: "http, ws or mqtt, for the policy has no \"tls\"")
					+ ")");
		}
		return authority(text, end + 3, DEFAULT_PORTS.getOrDefault(scheme, port),
				tls && !PLAIN_SCHEMES.contains(scheme));
	}

	/** What kind of thing the endpoint is, is not for metadata to say. */
	private static void requireOwn(String prefix, int own) {
		if (own < prefix.length()) {
			throw new IllegalArgumentException(
					"endpoint: metadata may not bring \"" + prefix + "\" (expected: it stands in the policy)");
		}
	}

	/** A value may name a file of the policy's directory, but not lead out of it. */
	private static void requireInside(String path, int own) {
		int from = 0;
		while (from <= path.length()) {
			int end = path.indexOf('/', from);
			end = (end < 0) ? path.length() : end;
			if (end > own && path.substring(from, end).equals("..")) {
				throw new IllegalArgumentException("endpoint: metadata may not bring \"..\" into a path");
			}
			from = end + 1;
		}
	}

	/** Reads {@code host[:port][/path]}. */
	private static Target authority(String text, int from, int port, boolean tls) {
		int end = from;
		while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
			end++;
		}
		String path = path(text, end);
		String authority = text.substring(from, end);
		requireShort(authority);
		if (authority.startsWith("[")) {
			int close = authority.indexOf(']');
			if (close < 0) {
				throw new IllegalArgumentException("endpoint: \"[\" without \"]\"");
			}
			String host = authority.substring(1, close);
			requireClean(host, NOT_IN_HOST);
			return new Target(new Address.Host(host, port(authority.substring(close + 1), port)), tls, path);
		}
		int colon = authority.indexOf(':');
		// More than one colon without brackets is an IPv6 address
		boolean hasPort = colon >= 0 && colon == authority.lastIndexOf(':');
		String host = hasPort ? authority.substring(0, colon) : authority;
		requireClean(host, NOT_IN_HOST);
		return new Target(new Address.Host(host, port(hasPort ? authority.substring(colon) : "", port)), tls, path);
	}

	private static int port(String text, int policyPort) {
		if (text.isEmpty()) {
			return policyPort;
		}
		int port = 0;
		for (int i = 1; i < text.length(); i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9 || i > 5) {
				port = -1;
				break;
			}
			port = port * 10 + digit;
		}
		if (text.charAt(0) != ':' || text.length() == 1 || port < 0 || port > 65535) {
			throw new IllegalArgumentException("endpoint: port is not a number from 0 to 65535");
		}
		return port;
	}

	/** A mere slash does not override the policy's path. */
	private static @Nullable String path(String text, int from) {
		int fragment = text.indexOf('#', from);
		String path = text.substring(from, (fragment >= 0) ? fragment : text.length());
		requireClean(path, " ");
		if (path.isEmpty() || path.equals("/")) {
			return null;
		}
		return path.startsWith("?") ? "/" + path : path;
	}

	private static void requireShort(String text) {
		if (text.length() > MAX_LENGTH) {
			throw tooLong(text.length(), MAX_LENGTH);
		}
	}

	private static IllegalArgumentException tooLong(int length, int max) {
		return new IllegalArgumentException("endpoint: " + length + " characters (expected: at most " + max + ")");
	}

	/** What ends up in a request head must not be able to change it. */
	private static void requireClean(String text, String forbidden) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c == 0x7f || (c == ' ' && !forbidden.isEmpty()) || forbidden.indexOf(c) >= 0) {
				throw new IllegalArgumentException(String.format("endpoint: character 0x%02x is not allowed", (int) c));
			}
		}
	}

}
