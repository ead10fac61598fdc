package io.securestreams.proxy.client.link;

import java.time.Duration;
import java.util.List;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.TlsPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.proxy.ProxyAddress;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.UnusableProxyAddressException;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.tls.TlsContexts;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to a proxy over sockets. May be used from any event loop of the
 * engine.
 */
public final class ProxyConnector implements LinkConnector {

	/** An address that hangs is not to keep the others from being tried. */
	private static final Duration MAX_CONNECT = Duration.ofSeconds(5);

	private final List<ProxyAddress> targets;

	private final @Nullable Socks5Proxy socks5;

	private final @Nullable TlsIdentities identities;

	private final TlsContexts tls;

	private final Connector connector;

	private final MuxLinks muxes;

	/**
	 * Makes a connector.
	 * @param targets where the proxy listens, at least one
	 * @param socks5 SOCKS5 proxy on the way to TCP addresses, or {@code null} for none
	 * @param identities keys and trust of TCP connections, or {@code null} for no TLS
	 * @param loops the threads
	 * @param limits limits of connecting
	 * @throws UnusableProxyAddressException if the threads have no such sockets
	 */
	public ProxyConnector(List<ProxyAddress> targets, @Nullable Socks5Proxy socks5, @Nullable TlsIdentities identities,
			EventLoops loops, NetworkLimits limits) {
		targets.forEach((address) -> check(address, loops));
		this.targets = targets;
		this.socks5 = socks5;
		this.identities = identities;
		this.tls = new TlsContexts((identities != null) ? identities : TlsIdentities.NONE, new SystemBlobs());
		this.connector = new Connector(loops, this.tls,
				limits.withTimeouts(shorter(limits.connectTimeout()), shorter(limits.tlsTimeout()))
					.withSocks5Timeout(shorter(limits.socks5Timeout())));
		this.muxes = new MuxLinks(this.connector);
	}

	/** Not every transport has abstract names. */
	private static void check(ProxyAddress address, EventLoops loops) {
		ProxyAddress target = (address instanceof ProxyAddress.Mux mux) ? mux.connection() : address;
		if (target instanceof ProxyAddress.Unix unix) {
			try {
				loops.sockets().unixAddress(new Address.Unix(unix.path(), unix.abstractName()));
			}
			catch (SecureStreamsException ex) {
				throw new UnusableProxyAddressException(address.toString(), ex);
			}
		}
	}

	private static Duration shorter(Duration limit) {
		return (limit.compareTo(MAX_CONNECT) < 0) ? limit : MAX_CONNECT;
	}

	@Override
	public int addresses() {
		return this.targets.size();
	}

	@Override
	public String name(int address) {
		return this.targets.get(address).toString();
	}

	@Override
	public ConnectAttempt connect(StreamExecutor executor, int address, LinkEvents events) {
		ProxyAddress target = this.targets.get(address);
		if (target instanceof ProxyAddress.Mux mux) {
			return this.muxes.connect(((EventLoopExecutor) executor).eventLoop(), mux, origin(mux.connection()),
					events);
		}
		return this.connector.connect(((EventLoopExecutor) executor).eventLoop(), origin(target),
				new ConnectListener() {
					@Override
					public void connected(Channel channel, ConnectReport report) {
						SocketLink.start(channel, target.toString(), events);
					}

					@Override
					public void failed(StreamFailure failure, ConnectReport report) {
						events.failed(failure);
					}
				});
	}

	private Origin origin(ProxyAddress target) {
		TlsIdentities known = this.identities;
		if (target instanceof ProxyAddress.Tcp tcp) {
			Integer presented = (known != null && known.clientIdentity(0) != null) ? 0 : null;
			return new Origin(new Address.Host(tcp.host(), tcp.port()), known != null,
					new TlsPolicy(known != null, null, presented, null, null), TrafficClass.NORMAL, this.socks5,
					List.of());
		}
		ProxyAddress.Unix unix = (ProxyAddress.Unix) target;
		return new Origin(new Address.Unix(unix.path(), unix.abstractName()), false, TlsPolicy.NONE,
				TrafficClass.NORMAL, null, List.of());
	}

	/** Lets go of name resolvers and contexts; connections belong to streams. */
	public void close() {
		this.muxes.close();
		this.connector.close();
		this.tls.close();
	}

}
