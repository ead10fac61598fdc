package io.securestreams.stream.platform;

import org.jspecify.annotations.Nullable;

/**
 * A listener that is configured outside the policy. Server streamtypes join it with
 * endpoint {@code !name}; its socket opens with the first of them and closes with the
 * last.
 *
 * @param name what the policy calls it, without the {@code !}
 * @param address interface, address, {@code +/path} or {@code +@name}; empty for all
 * interfaces
 * @param port TCP port; 0 means any free one
 * @param identity names the certificate and key it presents, for
 * {@link TlsIdentities#serverIdentity}, or {@code null} for no TLS
 * @param clientAuth whether clients present a certificate
 */
public record VirtualHost(String name, String address, int port, @Nullable String identity, ClientAuth clientAuth) {

	public VirtualHost {
		if (name.isEmpty() || name.startsWith("!")) {
			throw new IllegalArgumentException("vhost \"" + name + "\" (expected: a name without \"!\")");
		}
		if (address.startsWith("!")) {
			throw new IllegalArgumentException("vhost \"" + name + "\": address \"" + address
					+ "\" (expected: an interface, an address, \"+/path\" or \"+@name\")");
		}
		if (port < 0 || port > 65535) {
			throw new IllegalArgumentException("vhost \"" + name + "\": port " + port + " (expected: 0..65535)");
		}
		if (clientAuth != ClientAuth.NONE && identity == null) {
			throw new IllegalArgumentException("vhost \"" + name
					+ "\" wants client certificates without TLS (expected: a certificate of its own)");
		}
	}

	/**
	 * Whether clients present a certificate (mutual TLS). One that cannot be verified
	 * ends the connection in any case.
	 */
	public enum ClientAuth {

		/** They are not asked. */
		NONE,
		/** They are asked, and may do without. */
		WANT,
		/** They have to. */
		NEED

	}

}
