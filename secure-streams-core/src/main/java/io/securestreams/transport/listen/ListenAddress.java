package io.securestreams.transport.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.transport.loop.NumericAddress;
import io.securestreams.transport.loop.PeerName;

/**
 * What a listener's endpoint means.
 *
 * @param unix the unix socket, or {@code null} for TCP
 * @param addresses TCP addresses to bind, all of them; empty for a unix socket
 */
record ListenAddress(Address.@Nullable Unix unix, List<InetSocketAddress> addresses) {

	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET_FILE = 0140000;

	/**
	 * Reads an endpoint.
	 * @param point the endpoint
	 * @return where to listen
	 * @throws SecureStreamsException if it is no address, and no interface of that name
	 * exists
	 */
	static ListenAddress of(ListenPoint point) {
		String endpoint = point.endpoint();
		int port = point.port();
		if (endpoint.startsWith("+")) {
			boolean abstractName = endpoint.startsWith("+@");
			String path = endpoint.substring(abstractName ? 2 : 1);
			if (path.isEmpty()) {
				throw new SecureStreamsException("\"" + point.owner() + "\": endpoint \"" + endpoint
						+ "\" names no socket (expected: \"+/path\" or \"+@name\")");
			}
			return new ListenAddress(new Address.Unix(path, abstractName), List.of());
		}
		if (endpoint.isEmpty()) {
			return new ListenAddress(null, List.of(new InetSocketAddress(port)));
		}
		InetAddress numeric = NumericAddress.parse(unbracketed(endpoint));
		if (numeric != null) {
			return new ListenAddress(null, List.of(new InetSocketAddress(numeric, port)));
		}
		if (endpoint.equals("localhost")) {
			return new ListenAddress(null, List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
		}
		return new ListenAddress(null, interfaceAddresses(point.owner(), endpoint, port));
	}

	private static String unbracketed(String endpoint) {
		return (endpoint.startsWith("[") && endpoint.endsWith("]")) ? endpoint.substring(1, endpoint.length() - 1)
				: endpoint;
	}

	private static List<InetSocketAddress> interfaceAddresses(String owner, String name, int port) {
		NetworkInterface network;
		try {
			network = NetworkInterface.getByName(name);
		}
		catch (SocketException ex) {
			throw new SecureStreamsException("\"" + owner + "\": interface \"" + name + "\" cannot be read", ex);
		}
		if (network == null) {
			throw new SecureStreamsException("\"" + owner + "\": no network interface is named \"" + name
					+ "\" (expected: an interface or address of this machine, \"+/path\" or \"+@name\")");
		}
		// IPv4 first: where the port is free to choose, the first decides
		List<InetSocketAddress> addresses = network.inetAddresses()
			.sorted((a, b) -> Boolean.compare(b instanceof Inet4Address, a instanceof Inet4Address))
			.map((address) -> new InetSocketAddress(address, port))
			.toList();
		if (addresses.isEmpty()) {
			throw new SecureStreamsException("\"" + owner + "\": network interface \"" + name + "\" has no address");
		}
		return addresses;
	}

	/**
	 * Removes the socket file of a process that is gone, which would keep the path busy
	 * for ever.
	 * @throws BindException if somebody listens there, or the file is no socket; native
	 * transports would replace both
	 */
	void removeStaleSocket() throws IOException {
		if (this.unix == null || this.unix.abstractName()) {
			return;
		}
		Path path = Path.of(this.unix.path());
		if (isSocket(path)) {
			try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
				probe.connect(UnixDomainSocketAddress.of(path));
			}
			catch (ConnectException ex) {
				Files.deleteIfExists(path);
			}
		}
		if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			throw new BindException(path + ": Address already in use");
		}
	}

	private static boolean isSocket(Path path) throws IOException {
		try {
			int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
			return (mode & FILE_TYPE) == SOCKET_FILE;
		}
		catch (NoSuchFileException | UnsupportedOperationException ex) {
			return false;
		}
	}

	@Override
	public String toString() {
		if (this.unix != null) {
			return this.unix.toString();
		}
		return String.join(", ", this.addresses.stream().map(PeerName::withPort).toList());
	}

}
