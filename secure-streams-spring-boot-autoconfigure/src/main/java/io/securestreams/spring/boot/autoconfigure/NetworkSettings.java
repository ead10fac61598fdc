package io.securestreams.spring.boot.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.Socks5Proxy;

/**
 * Reads what the properties say about connections.
 */
final class NetworkSettings {

	private static final String PREFIX = "secure-streams.network.";

	private static final int DNS_PORT = 53;

	private NetworkSettings() {
	}

	static NetworkLimits of(SecureStreamsProperties.Network network) {
		List<InetSocketAddress> nameServers = network.nameServers().stream().map(NetworkSettings::nameServer).toList();
		return NetworkLimits.DEFAULTS.withTimeouts(network.connectTimeout(), network.tlsHandshakeTimeout())
			.withSocks5Timeout(network.socks5Timeout())
			.withAttemptDelay(network.attemptDelay())
			.withNameServers(nameServers, network.nameServerTimeout());
	}

	/** Returns the proxy, or {@code null} if there is to be none. */
	static @Nullable Socks5Proxy socks5(String text) {
		return socks5(PREFIX + "socks5", text);
	}

	/**
	 * Returns the proxy that a property names, or {@code null} if there is to be none.
	 */
	static @Nullable Socks5Proxy socks5(String property, String text) {
		if (text.isBlank()) {
			return null;
		}
		try {
			return Socks5Proxy.parse(text);
		}
		catch (IllegalArgumentException ex) {
			String problem = String.valueOf(ex.getMessage()).replaceFirst("^via-socks5: ", "");
			throw new IllegalArgumentException(property + ": " + problem, ex);
		}
	}

	static InetSocketAddress nameServer(String text) {
		String address = text.strip();
		int colon = address.lastIndexOf(':');
		boolean bracketed = address.startsWith("[");
		// More than one colon without brackets is an IPv6 address
		boolean hasPort = bracketed ? colon > address.indexOf(']') : colon >= 0 && colon == address.indexOf(':');
		String host = hasPort ? address.substring(0, colon) : address;
		try {
			int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : DNS_PORT;
			// Nothing but digits, colons and dots, or it would be looked up
			if (host.matches("[0-9.]+|\\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\\]?")) {
				return new InetSocketAddress(InetAddress.getByName(host), port);
			}
		}
		catch (UnknownHostException | IllegalArgumentException ex) {
			// Said below
		}
		throw new IllegalArgumentException(
				PREFIX + "name-servers: \"" + text + "\" (expected: a numeric address, or one with a port)");
	}

}
