package io.securestreams.spring.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

import io.securestreams.proxy.ProxyAddress;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.spring.proxy.InvalidProxyAddressException;
import io.securestreams.stream.platform.TlsIdentities;

/**
 * Links between processes that want streams and one that fulfils them,
 * "secure-streams.proxy".
 *
 * @param client Having a proxy fulfil the client streams of this process.
 */
public record ProxyProperties(@DefaultValue Client client) {

	/**
	 * Having a proxy fulfil the client streams of this process.
	 *
	 * @param address Where the proxy listens, in order of preference: "unix:/path",
	 * "unix:@name" or "tcp:host:port", or one of them after "mux+" for many links over
	 * one connection. With it no policy is needed here. Default is no proxy.
	 * @param socks5 SOCKS5 proxy on the way to TCP addresses, as
	 * "[user:password@]host:port"; empty means that of "secure-streams.network.socks5".
	 * @param sslBundle Name of the SSL bundle with whom TCP addresses are trusted, and
	 * with the certificate to present if it has one; default is no TLS.
	 */
	public record Client(@DefaultValue List<String> address, @Nullable String socks5, @Nullable String sslBundle) {

		public Client {
			address = List.copyOf(address);
			// What makes no sense is to fail here, where Boot knows the keys
			if (!address.isEmpty()) {
				try {
					new ProxyClientSettings(address.stream().map(ProxyAddress::parse).toList(), null, null);
				}
				catch (IllegalArgumentException ex) {
					throw new InvalidProxyAddressException("secure-streams.proxy.client.address",
							String.valueOf(ex.getMessage()), ex);
				}
			}
		}

		/** Whether there is a proxy. */
		boolean isEnabled() {
			return !this.address.isEmpty();
		}

		/**
		 * Makes the engine's value.
		 * @param tls what the SSL bundle stands for, or {@code null} if there is none
		 * @return how the proxy is reached, or {@code null} if there is none
		 */
		@Nullable ProxyClientSettings settings(@Nullable TlsIdentities tls) {
			if (!isEnabled()) {
				return null;
			}
			return new ProxyClientSettings(this.address.stream().map(ProxyAddress::parse).toList(),
					(this.socks5 != null) ? NetworkSettings.socks5("secure-streams.proxy.client.socks5", this.socks5)
							: null,
					tls);
		}

		@Override
		public String toString() {
			// Without the SOCKS5 proxy, whose password would be in it
			return "Client[address=" + this.address + ", sslBundle=" + this.sslBundle + "]";
		}

	}

}
