package io.securestreams.engine;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamMetadata;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;

/**
 * Works out what a connection attempt aims at: the policy's endpoint after substitution,
 * which may be a host, a URL, a unix socket or a file. Gives the same {@link Target} as
 * long as the expanded text is the same.
 */
final class EndpointResolver {

	private static final int MAX_HOST_LENGTH = 240;

	private static final int MAX_LENGTH = 8192;

	/** Schemes that turn TLS off; nothing turns it on. */
	private static final Set<String> PLAIN_SCHEMES = Set.of("http", "ws", "mqtt");

	private @Nullable StreamPolicy policy;

	private @Nullable String text;

	private @Nullable Target target;

	/**
	 * Resolves the endpoint.
	 * @param current the stream's policy
	 * @param metadata values for substitution
	 * @return the target
	 * @throws IllegalArgumentException if a symbol is not declared, or the text is too
	 * long or no endpoint
	 */
	Target resolve(StreamPolicy current, StreamMetadata metadata) {
		Target known = this.target;
		if (known != null && current == this.policy && current.endpoint().address().isLiteral()) {
			return known;
		}
		String expanded = current.endpoint().address().expand(metadata::symbol);
		if (known != null && current == this.policy && expanded.equals(this.text)) {
			return known;
		}
		if (expanded.length() > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"endpoint of " + expanded.length() + " characters (expected: at most " + MAX_LENGTH + ")");
		}
		Target fresh = parse(expanded, current.endpoint().port(), current.tls().enabled());
		if (fresh.address() instanceof Address.Host host && host.host().length() >= MAX_HOST_LENGTH) {
			throw new IllegalArgumentException("endpoint host of " + host.host().length()
					+ " characters (expected: less than " + MAX_HOST_LENGTH + ")");
		}
		this.policy = current;
		this.text = expanded;
		this.target = fresh;
		return fresh;
	}

	private static Target parse(String text, int port, boolean tls) {
		if (text.startsWith("+@")) {
			return new Target(new Address.Unix(text.substring(2), true), tls, null);
		}
		if (text.startsWith("+")) {
			return new Target(new Address.Unix(text.substring(1), false), tls, null);
		}
		if (text.startsWith("file://")) {
			return new Target(new Address.File(text.substring("file://".length())), false, null);
		}
		if (text.contains("://")) {
			return parseUrl(text, port, tls);
		}
		if (text.startsWith("[") && text.endsWith("]")) {
			return new Target(new Address.Host(text.substring(1, text.length() - 1), port), tls, null);
		}
		int colon = text.indexOf(':');
		if (colon >= 0 && colon == text.lastIndexOf(':') && isPort(text, colon + 1)) {
			return new Target(new Address.Host(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))),
					tls, null);
		}
		return new Target(new Address.Host(text, port), tls, null);
	}

	private static boolean isPort(String text, int from) {
		if (from >= text.length() || text.length() - from > 5) {
			return false;
		}
		for (int i = from; i < text.length(); i++) {
			if (text.charAt(i) < '0' || text.charAt(i) > '9') {
				return false;
			}
		}
		return Integer.parseInt(text.substring(from)) <= 65535;
	}

	private static Target parseUrl(String text, int port, boolean tls) {
		try {
			URI uri = new URI(text);
			String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
			String host = uri.getHost();
			if (host == null) {
				throw new IllegalArgumentException("endpoint \"" + scheme + "://...\" without a host");
			}
			if (host.startsWith("[")) {
				host = host.substring(1, host.length() - 1);
			}
			String path = uri.getRawPath();
			String query = uri.getRawQuery();
			String full = (path == null || path.isEmpty()) ? ((query != null) ? "/?" + query : null)
					: ((query != null) ? path + "?" + query : path);
			return new Target(new Address.Host(host, (uri.getPort() >= 0) ? uri.getPort() : port),
					tls && !PLAIN_SCHEMES.contains(scheme), full);
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("endpoint is no URL: " + ex.getReason() + " at index " + ex.getIndex(),
					ex);
		}
	}

}
