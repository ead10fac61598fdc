package io.securestreams.policy;

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

	private static final int MAX_CREDENTIAL_LENGTH = 255;

	public Socks5Proxy {
		if (host.isEmpty()) {
			throw new IllegalArgumentException("via-socks5: no host (expected: [user:password@]host:port)");
		}
		if (port < 1 || port > 65535) {
			throw new IllegalArgumentException("via-socks5: port " + port + " (expected: 1..65535)");
		}
		if ((user != null && user.length() > MAX_CREDENTIAL_LENGTH)
				|| (password != null && password.length() > MAX_CREDENTIAL_LENGTH)) {
			throw new IllegalArgumentException(
					"via-socks5: credentials (expected: at most " + MAX_CREDENTIAL_LENGTH + " characters each)");
		}
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

	@Override
	public String toString() {
		return ((this.user != null) ? this.user + ":***@" : "") + this.host + ":" + this.port;
	}

}
