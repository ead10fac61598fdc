package io.securestreams.limits;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Limits of connecting and listening that no policy sets.
 *
 * @param connectTimeout most time for name look-up and TCP connect to all addresses
 * together
 * @param tlsTimeout most time for a TLS handshake
 * @param socks5Timeout most time until a SOCKS5 proxy that has been reached is connected
 * to the peer
 * @param attemptDelay how long a connection attempt may hang before the next address is
 * tried beside it (RFC 8305 section 5)
 * @param nameServers name servers to ask; empty means the system's
 * @param nameServerTimeout most time for one query to one name server
 * @param listener how many connections are accepted
 */
public record NetworkLimits(Duration connectTimeout, Duration tlsTimeout, Duration socks5Timeout, Duration attemptDelay,
		List<InetSocketAddress> nameServers, Duration nameServerTimeout, ListenerLimits listener) {

	/**
	 * 20 s each to connect, for TLS and for a SOCKS5 proxy, 250 ms between addresses, the
	 * system's DNS.
	 */
	public static final NetworkLimits DEFAULTS = new NetworkLimits(Duration.ofSeconds(20), Duration.ofSeconds(20),
			Duration.ofSeconds(20), Duration.ofMillis(250), List.of(), Duration.ofSeconds(5), ListenerLimits.DEFAULTS);

	public NetworkLimits {
		nameServers = List.copyOf(nameServers);
		Require.oneMillisecond("connectTimeout", connectTimeout);
		Require.oneMillisecond("tlsTimeout", tlsTimeout);
		Require.oneMillisecond("socks5Timeout", socks5Timeout);
		Require.oneMillisecond("attemptDelay", attemptDelay);
		Require.oneMillisecond("nameServerTimeout", nameServerTimeout);
	}

	/**
	 * Returns these limits with other time limits.
	 * @param connectTimeout most time for name look-up and TCP connect
	 * @param tlsTimeout most time for a TLS handshake
	 * @return a copy
	 */
	public NetworkLimits withTimeouts(Duration connectTimeout, Duration tlsTimeout) {
		return new NetworkLimits(connectTimeout, tlsTimeout, this.socks5Timeout, this.attemptDelay, this.nameServers,
				this.nameServerTimeout, this.listener);
	}

	/**
	 * Returns these limits with another time limit for SOCKS5.
	 * @param socks5Timeout most time until the proxy is connected to the peer
	 * @return a copy
	 */
	public NetworkLimits withSocks5Timeout(Duration socks5Timeout) {
		return new NetworkLimits(this.connectTimeout, this.tlsTimeout, socks5Timeout, this.attemptDelay,
				this.nameServers, this.nameServerTimeout, this.listener);
	}

	/**
	 * Returns these limits with another delay between addresses.
	 * @param attemptDelay how long one address may hang before the next is tried
	 * @return a copy
	 */
	public NetworkLimits withAttemptDelay(Duration attemptDelay) {
		return new NetworkLimits(this.connectTimeout, this.tlsTimeout, this.socks5Timeout, attemptDelay,
				this.nameServers, this.nameServerTimeout, this.listener);
	}

	/**
	 * Returns these limits with other name servers.
	 * @param nameServers name servers to ask; empty means the system's
	 * @param nameServerTimeout most time for one query
	 * @return a copy
	 */
	public NetworkLimits withNameServers(List<InetSocketAddress> nameServers, Duration nameServerTimeout) {
		return new NetworkLimits(this.connectTimeout, this.tlsTimeout, this.socks5Timeout, this.attemptDelay,
				nameServers, nameServerTimeout, this.listener);
	}

	/**
	 * Returns these limits with other limits of accepted connections.
	 * @param listener how many there may be
	 * @return a copy
	 */
	public NetworkLimits withListener(ListenerLimits listener) {
		return new NetworkLimits(this.connectTimeout, this.tlsTimeout, this.socks5Timeout, this.attemptDelay,
				this.nameServers, this.nameServerTimeout, listener);
	}

}
