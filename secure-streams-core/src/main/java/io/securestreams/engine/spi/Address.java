package io.securestreams.engine.spi;

/**
 * Where a client connects after substitution and URL parsing.
 */
public sealed interface Address {

	/**
	 * A host by name or address.
	 *
	 * @param host name, IPv4 or IPv6 address without brackets; may be empty, which is a
	 * failed attempt
	 * @param port TCP port
	 */
	record Host(String host, int port) implements Address {

		@Override
		public String toString() {
			return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
		}

	}

	/**
	 * A unix domain socket, endpoint {@code +/path} or {@code +@name}.
	 *
	 * @param path path, or name without the {@code @}
	 * @param abstractName whether it is a name of Linux' abstract namespace
	 */
	record Unix(String path, boolean abstractName) implements Address {

		@Override
		public String toString() {
			return this.abstractName ? "+@" + this.path : "+" + this.path;
		}

	}

	/**
	 * A file that is read as if it came from the network, endpoint {@code file://path}.
	 *
	 * @param path path of the file
	 */
	record File(String path) implements Address {

		@Override
		public String toString() {
			return "file://" + this.path;
		}

	}

}
