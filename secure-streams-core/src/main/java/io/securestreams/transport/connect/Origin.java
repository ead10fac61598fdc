package io.securestreams.transport.connect;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;

/**
 * Everything that decides what a client connection is connected to and how. Two streams
 * with equal origins may share a connection.
 *
 * @param address where to connect
 * @param tls whether TLS is used; this, not {@link TlsPolicy#enabled()}, counts
 * @param tlsPolicy trust and client identity
 * @param trafficClass packet marking
 * @param socks5 SOCKS5 proxy to go through, or {@code null}; never used for unix sockets
 * @param alpn protocol names to offer (RFC 7301), in order of preference; empty offers
 * none
 */
public record Origin(Address address, boolean tls, TlsPolicy tlsPolicy, TrafficClass trafficClass,
		@Nullable Socks5Proxy socks5, List<String> alpn) {

	public Origin {
		alpn = List.copyOf(alpn);
	}

	/**
	 * Returns the origin of a stream's current attempt.
	 * @param link the stream
	 * @param alpn protocol names to offer
	 * @return the origin
	 */
	public static Origin of(ClientLink link, List<String> alpn) {
		StreamPolicy policy = link.policy();
		return new Origin(link.target().address(), link.target().tls(), policy.tls(), policy.trafficClass(),
				link.socks5(), alpn);
	}

}
