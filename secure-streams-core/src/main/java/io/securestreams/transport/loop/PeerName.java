package io.securestreams.transport.loop;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.PrintableText;

/**
 * How peers are named in reports: numeric address, or path of the unix socket
 * ({@code @name} for an abstract one).
 */
public final class PeerName {

	private PeerName() {
	}

	/**
	 * Names the peer of a connection. The client of a unix socket has no name of its own
	 * and goes by the socket's.
	 * @param channel a connection
	 * @return its peer's name, empty if unknown
	 */
	public static String of(Channel channel) {
		String remote = of(channel.remoteAddress());
		return (!remote.isEmpty() || channel.remoteAddress() instanceof InetSocketAddress) ? remote
				: of(channel.localAddress());
	}

	/**
	 * Names a socket address, without the port.
	 * @param address a socket address, or {@code null}
	 * @return its name, empty if there is none
	 */
	public static String of(@Nullable SocketAddress address) {
		if (address == null) {
			return "";
		}
		if (address instanceof InetSocketAddress inet) {
			return (inet.getAddress() != null) ? inet.getAddress().getHostAddress() : inet.getHostString();
		}
		String path = address.toString();
		// Clients choose theirs
		return PrintableText.of(path.startsWith("\0") ? "@" + path.substring(1) : path);
	}

	/**
	 * Names a socket address with its port, for messages.
	 * @param address a socket address
	 * @return its name
	 */
	public static String withPort(SocketAddress address) {
		if (address instanceof InetSocketAddress inet) {
			String host = of(inet);
			return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + inet.getPort();
		}
		return of(address);
	}

}
