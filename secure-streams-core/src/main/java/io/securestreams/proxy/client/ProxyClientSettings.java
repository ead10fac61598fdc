package io.securestreams.proxy.client;

import java.util.List;

import io.securestreams.policy.Socks5Proxy;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.stream.platform.TlsIdentities;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy is reached that fulfils this process' client streams.
 *
 * @param addresses where it listens, at least one. The first that answers is used; when
 * that is lost, the others are tried before it
 * @param socks5 SOCKS5 proxy on the way to TCP addresses, or {@code null} for the one
 * that client streams use here anyway, if there is one
 * @param tls keys and trust of TCP connections, which are TLS with it: the identity of
 * index 0 is presented if there is one, and the proxy's certificate has to be for its
 * host; or {@code null} for no TLS. Unix sockets never use it
 */
public record ProxyClientSettings(List<ProxyAddress> addresses, @Nullable Socks5Proxy socks5,
		@Nullable TlsIdentities tls) {

	/** Refuses what nobody can connect to. */
	public ProxyClientSettings {
		addresses = List.copyOf(addresses);
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("proxy: no address (expected: one or more)");
		}
		for (ProxyAddress given : addresses) {
			ProxyAddress address = (given instanceof ProxyAddress.Mux mux) ? mux.connection() : given;
			if (address instanceof ProxyAddress.Tcp tcp && (tcp.host().isEmpty() || tcp.port() == 0)) {
				throw new IllegalArgumentException(
						"proxy address \"" + tcp + "\" (expected: a host and a port of 1..65535)");
			}
		}
	}

	/**
	 * Makes plain access without another proxy before it.
	 * @param addresses where the proxy listens, at least one
	 * @return the settings
	 */
	public static ProxyClientSettings of(ProxyAddress... addresses) {
		return new ProxyClientSettings(List.of(addresses), null, null);
	}

	/**
	 * Returns these settings with a SOCKS5 proxy on the way.
	 * @param proxy the proxy, or {@code null} for none of its own
	 * @return a copy
	 */
	public ProxyClientSettings withSocks5(@Nullable Socks5Proxy proxy) {
		return new ProxyClientSettings(this.addresses, proxy, this.tls);
	}

	/**
	 * Returns these settings with TLS.
	 * @param identities keys and trust, or {@code null} for no TLS
	 * @return a copy
	 */
	public ProxyClientSettings withTls(@Nullable TlsIdentities identities) {
		return new ProxyClientSettings(this.addresses, this.socks5, identities);
	}

}
