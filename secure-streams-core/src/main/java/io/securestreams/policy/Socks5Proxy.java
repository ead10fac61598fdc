package io.securestreams.policy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A SOCKS5 proxy (RFC 1928) for client connections, policy key {@code via-socks5}:
 * {@code [user:password@]host:port}.
 *
 * @param host name or address of the proxy
 * @param port TCP port of the proxy, 1..65535
 * @param user user name (RFC 1929), or {@code null}
 * @param password password (RFC 1929), or {@code null}; never printed
 */
public record Socks5Proxy(String host, int port, @Nullable String user, @Nullable String password) {

	/** RFC 1929 section 2, in octets. */
	private static final int MAX_CREDENTIAL_LENGTH = 255;

	/** RFC 1928 section 3. */
	private static final int DEFAULT_PORT = 1080;

	private static final List<String> VARIABLES = List.of("socks_proxy", "SOCKS_PROXY");

	private static final Set<String> SCHEMES = Set.of("socks", "socks5", "socks5h");

	public Socks5Proxy {
		if (host.isEmpty()) {
			throw new IllegalArgumentException("via-socks5: no host (expected: [user:password@]host:port)");
		}
		if (port < 1 || port > 65535) {
			throw new IllegalArgumentException("via-socks5: port " + port + " (expected: 1..65535)");
		}
		if (octets(user) > MAX_CREDENTIAL_LENGTH || octets(password) > MAX_CREDENTIAL_LENGTH) {
			throw new IllegalArgumentException(
					"via-socks5: credentials (expected: at most " + MAX_CREDENTIAL_LENGTH + " bytes of UTF-8 each)");
		}
	}

	private static int octets(@Nullable String text) {
		return (text != null) ? text.getBytes(StandardCharsets.UTF_8).length : 0;
	}

	/**
	 * Parses the policy form.
	 * @param text {@code [user:password@]host:port}; an IPv6 address stands in brackets
	 * @return the proxy
	 * @throws IllegalArgumentException if the text has another form; the message does not
	 * repeat credentials
	 */
	public static Socks5Proxy parse(String text) {
		int at = text.lastIndexOf('@');
		String user = null;
		String password = null;
		if (at >= 0) {
			String credentials = text.substring(0, at);
			int colon = credentials.indexOf(':');
			user = (colon < 0) ? credentials : credentials.substring(0, colon);
			password = (colon < 0) ? "" : credentials.substring(colon + 1);
		}
		String address = text.substring(at + 1);
		int colon = address.lastIndexOf(':');
		if (colon < 0 || colon == address.length() - 1) {
			throw new IllegalArgumentException("via-socks5: \"" + address + "\" (expected: [user:password@]host:port)");
		}
		String host = address.substring(0, colon);
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		try {
			return new Socks5Proxy(host, Integer.parseInt(address.substring(colon + 1)), user, password);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"via-socks5: \"" + address + "\" (expected: a port number after the colon)", ex);
		}
	}

	/**
	 * Reads the proxy of the process from the environment variable {@code socks_proxy},
	 * or {@code SOCKS_PROXY}: {@code [user:password@]host[:port]}, the port being 1080 if
	 * there is none. Desktop environments set it as URL; {@code socks://},
	 * {@code socks5://} and {@code socks5h://} are understood, all with name look-up by
	 * the proxy, and percent-encoded credentials.
	 * @param environment the variables
	 * @return the proxy, or {@code null} if the variables are missing or blank
	 * @throws IllegalArgumentException if the variable cannot be understood, as not using
	 * a proxy that is wanted would not do
	 */
	public static @Nullable Socks5Proxy fromEnvironment(Map<String, String> environment) {
		for (String name : VARIABLES) {
			String value = environment.getOrDefault(name, "").strip();
			if (!value.isEmpty()) {
				try {
					return fromUrl(value);
				}
				catch (IllegalArgumentException ex) {
					throw new IllegalArgumentException("environment variable " + name + ": " + ex.getMessage(), ex);
				}
			}
		}
		return null;
	}

	private static Socks5Proxy fromUrl(String url) {
		String rest = url;
		int scheme = url.indexOf("://");
		if (scheme >= 0) {
			if (!SCHEMES.contains(url.substring(0, scheme).toLowerCase(Locale.ROOT))) {
				throw new IllegalArgumentException(
						"scheme \"" + url.substring(0, scheme) + "\" (expected: \"socks\", \"socks5\" or \"socks5h\")");
			}
			rest = url.substring(scheme + 3);
		}
		rest = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
		String address = rest.substring(rest.lastIndexOf('@') + 1);
		boolean portGiven = address.lastIndexOf(':') > address.lastIndexOf(']');
		Socks5Proxy proxy = parse(portGiven ? rest : rest + ":" + DEFAULT_PORT);
		return (scheme >= 0)
				? new Socks5Proxy(proxy.host(), proxy.port(), decoded(proxy.user()), decoded(proxy.password())) : proxy;
	}

	private static @Nullable String decoded(@Nullable String text) {
		if (text == null || text.indexOf('%') < 0) {
			return text;
		}
		try {
			return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// Its message would quote the text, and so may its cause
			throw new IllegalArgumentException("credentials are not percent-encoded properly");
		}
	}

	@Override
	public String toString() {
		return ((this.user != null) ? this.user + ":***@" : "") + this.host + ":" + this.port;
	}

}
