package io.securestreams.proxy;

/**
 * Where a proxy listens: {@code unix:/path}, {@code unix:@name} in Linux' abstract
 * namespace, or {@code tcp:host:port}; with {@code mux+} before it for many links over
 * one connection.
 */
public sealed interface ProxyAddress {

	/** Where proxies of libwebsockets listen on Linux. */
	ProxyAddress DEFAULT = new Unix("proxy.ss.lws", true);

	/**
	 * A unix domain socket.
	 *
	 * @param path path, or name without the {@code @}
	 * @param abstractName whether it is a name of the abstract namespace
	 */
	record Unix(String path, boolean abstractName) implements ProxyAddress {

		/** Most bytes of a path or name that systems take. */
		private static final int MAX_LENGTH = 107;

		public Unix {
			if (path.isEmpty() || path.indexOf('\0') >= 0 || path.length() > MAX_LENGTH) {
				throw malformed("unix:" + (abstractName ? "@" : "") + path);
			}
			if (!abstractName && !path.startsWith("/")) {
				throw new IllegalArgumentException("proxy address \"unix:" + path
						+ "\": the path is relative, and nobody knows to what (expected: \"unix:/path\", or "
						+ "\"unix:@" + path + "\" for an abstract name)");
			}
		}

		/**
		 * Returns the endpoint that means the same in a policy.
		 * @return {@code +/path} or {@code +@name}
		 */
		public String endpoint() {
			return (this.abstractName ? "+@" : "+") + this.path;
		}

		@Override
		public String toString() {
			return (this.abstractName ? "unix:@" : "unix:") + this.path;
		}

	}

	/**
	 * A TCP port.
	 *
	 * @param host name, address or network interface, without brackets; empty for all of
	 * this machine's
	 * @param port 0..65535; a listener takes any free one for 0
	 */
	record Tcp(String host, int port) implements ProxyAddress {

		public Tcp {
			if (port < 0 || port > 65535) {
				throw malformed("tcp:" + host + ":" + port);
			}
		}

		@Override
		public String toString() {
			return "tcp:" + ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
		}

	}

	/**
	 * A connection that carries many links, by the mux layer of libwebsockets.
	 *
	 * @param connection where it goes
	 */
	record Mux(ProxyAddress connection) implements ProxyAddress {

		public Mux {
			if (connection instanceof Mux) {
				throw malformed("mux+" + connection);
			}
		}

		@Override
		public String toString() {
			return "mux+" + this.connection;
		}

	}

	/**
	 * Reads an address.
	 * @param text for example {@code unix:@proxy.ss.lws}; {@code tcp:*:7681} stands for
	 * all addresses of this machine
	 * @return the address
	 * @throws IllegalArgumentException if it is none
	 */
	static ProxyAddress parse(String text) {
		if (text.startsWith("mux+")) {
			return new Mux(parse(text.substring("mux+".length())));
		}
		if (text.startsWith("unix:")) {
			String path = text.substring("unix:".length());
			return path.startsWith("@") ? new Unix(path.substring(1), true) : new Unix(path, false);
		}
		int colon = text.lastIndexOf(':');
		if (!text.startsWith("tcp:") || colon < "tcp:".length()) {
			throw malformed(text);
		}
		String host = text.substring("tcp:".length(), colon);
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		try {
			return new Tcp(host.equals("*") ? "" : host, Integer.parseInt(text.substring(colon + 1)));
		}
		catch (NumberFormatException ex) {
			throw malformed(text);
		}
	}

	private static IllegalArgumentException malformed(String text) {
		return new IllegalArgumentException("proxy address \"" + text
				+ "\" (expected: \"unix:/path\" or \"unix:@name\" of at most 107 characters, or \"tcp:host:port\", or one of them after \"mux+\")");
	}

}
