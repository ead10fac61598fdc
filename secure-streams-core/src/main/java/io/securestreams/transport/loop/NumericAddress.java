package io.securestreams.transport.loop;

import java.net.InetAddress;
import java.net.UnknownHostException;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tells addresses in figures from names, which are looked up.
 */
public final class NumericAddress {

	private NumericAddress() {
	}

	/**
	 * Parses an address.
	 * @param host an IPv4 or IPv6 address without brackets, or a name
	 * @return the address, or {@code null} if it is a name
	 */
	public static @Nullable InetAddress parse(String host) {
		if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
			return null;
		}
		try {
			return InetAddress.getByName(host);
		}
		catch (UnknownHostException ex) {
			// An IPv6 scope that does not exist here
			return null;
		}
	}

}
