package io.securestreams.transport.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.proxy.Socks5ProxyHandler;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.transport.loop.BriefReads;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.loop.NumericAddress;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.loop.TrafficMarking;
import io.securestreams.transport.tls.TlsContexts;

/**
 * Makes client connections: name look-up, TCP connect to all addresses (RFC 8305), SOCKS5
 * (RFC 1928) with name look-up by the proxy, TLS. One per engine; may be used from any of
 * its event loops.
 */
public final class Connector {

	/** Name of the proxy's handler. */
	static final String SOCKS5 = "socks5";

	private final EventLoops loops;

	private final TlsContexts tls;

	private final NetworkLimits settings;

	private final HostResolver resolver;

	private final TrafficMarking marking;

	/**
	 * Makes a connector.
	 * @param loops the threads
	 * @param tls the contexts of connections with TLS
	 * @param settings limits
	 */
	public Connector(EventLoops loops, TlsContexts tls, NetworkLimits settings) {
		this.loops = loops;
		this.tls = tls;
		this.settings = settings;
		this.resolver = new HostResolver(loops.sockets(), settings);
		this.marking = new TrafficMarking(loops.sockets());
	}

	/**
	 * Starts connecting. Called on the event loop, which also reports the result.
	 * @param loop the event loop the connection will live on, one of the engine's
	 * @param origin where to and how
	 * @param listener is told the result, never before this method returns
	 * @return the attempt
	 */
	public ConnectAttempt connect(EventLoop loop, Origin origin, ConnectListener listener) {
		ConnectOperation operation = new ConnectOperation(this, loop, origin, listener);
		EventLoopExecutor.of(loop).executeConnect(operation::start);
		return operation;
	}

	/** Lets go of name resolvers. Connections belong to those who opened them. */
	public void close() {
		this.resolver.close();
	}

	TlsContexts tls() {
		return this.tls;
	}

	NetworkLimits settings() {
		return this.settings;
	}

	HostResolver resolver() {
		return this.resolver;
	}

	SocketAddress unixAddress(Address.Unix unix) {
		return this.loops.sockets().unixAddress(unix);
	}

	/** Starts connecting one socket; with SOCKS5 the proxy's address is given. */
	ChannelFuture dial(EventLoop loop, Origin origin, SocketAddress address) {
		boolean unix = origin.address() instanceof Address.Unix;
		Bootstrap bootstrap = new Bootstrap().group(loop)
			.channelFactory(unix ? this.loops.sockets().unixClient() : this.loops.sockets().client())
			.disableResolver()
			.attr(ConnectOperation.TARGET, PeerName.withPort(address))
			// The whole attempt has a limit of its own
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR, BriefReads.SHARED);
		if (unix) {
			return bootstrap.handler(new Setup(origin, null)).connect(address);
		}
		bootstrap.option(ChannelOption.TCP_NODELAY, true);
		Socks5Proxy proxy = origin.socks5();
		if (proxy == null) {
			return bootstrap.handler(new Setup(origin, null)).connect(address);
		}
		return bootstrap.handler(new Setup(origin, address)).connect(behindProxy((Address.Host) origin.address()));
	}

	/** Names stay unresolved: the proxy looks them up. */
	private static InetSocketAddress behindProxy(Address.Host host) {
		InetAddress numeric = NumericAddress.parse(host.host());
		return (numeric != null) ? new InetSocketAddress(numeric, host.port())
				: InetSocketAddress.createUnresolved(host.host(), host.port());
	}

	/** UTF-8, one character an octet, because the codec writes characters as octets. */
	private static @Nullable String octets(@Nullable String text) {
		return (text != null) ? new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1) : null;
	}

	/** Prepares a socket before it connects. */
	private final class Setup extends ChannelInitializer<Channel> {

		private final Origin origin;

		private final @Nullable SocketAddress proxyAddress;

		Setup(Origin origin, @Nullable SocketAddress proxyAddress) {
			this.origin = origin;
			this.proxyAddress = proxyAddress;
		}

		@Override
		protected void initChannel(Channel channel) {
			if (this.origin.address() instanceof Address.Host) {
				Connector.this.marking.apply(channel, this.origin.trafficClass());
			}
			Socks5Proxy proxy = this.origin.socks5();
			if (this.proxyAddress != null && proxy != null) {
				Socks5ProxyHandler handler = new Socks5ProxyHandler(this.proxyAddress, octets(proxy.user()),
						octets(proxy.password()));
				handler.setConnectTimeoutMillis(Connector.this.settings.socks5Timeout().toMillis());
				channel.pipeline().addLast(SOCKS5, handler);
			}
		}

	}

}
