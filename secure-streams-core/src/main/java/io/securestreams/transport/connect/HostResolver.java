package io.securestreams.transport.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DefaultDnsCnameCache;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.NetworkLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.NumericAddress;
import io.securestreams.transport.loop.SocketTransport;

/**
 * Finds all addresses of a host without blocking: numeric addresses at once, the hosts
 * file first, then DNS with a cache that all loops share.
 */
final class HostResolver {

	private final SocketTransport sockets;

	private final NetworkLimits settings;

	private final Map<EventLoop, DnsNameResolver> resolvers = new ConcurrentHashMap<>();

	private final DefaultDnsCache addresses = new DefaultDnsCache();

	private final DefaultDnsCnameCache aliases = new DefaultDnsCnameCache();

	HostResolver(SocketTransport sockets, NetworkLimits settings) {
		this.sockets = sockets;
		this.settings = settings;
	}

	/**
	 * Looks a host up.
	 * @param loop the caller's event loop
	 * @param host name or numeric address, not empty
	 * @param result is given the answer on the loop, possibly before this returns
	 */
	void resolve(EventLoop loop, String host, Consumer<Answer> result) {
		InetAddress numeric = NumericAddress.parse(host);
		if (numeric != null) {
			result.accept(new Answer(List.of(numeric), ConnectReport.DNS_NONE, null, "", null));
			return;
		}
		Future<List<InetAddress>> lookup;
		try {
			lookup = this.resolvers.computeIfAbsent(loop, this::resolver).resolveAll(host);
		}
		catch (RuntimeException ex) {
			// For example a label that no host name can have
			result.accept(new Answer(List.of(), ConnectReport.DNS_NO_RESULT, Phase.RESOLVE,
					"\"" + host + "\" is not a host name: " + ex.getMessage(), ex));
			return;
		}
		if (lookup.isDone()) {
			result.accept(answer(host, lookup));
			return;
		}
		lookup.addListener((done) -> result.accept(answer(host, lookup)));
	}

	void close() {
		this.resolvers.values().forEach(DnsNameResolver::close);
		this.resolvers.clear();
	}

	private DnsNameResolver resolver(EventLoop loop) {
		DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
			.datagramChannelFactory(this.sockets.datagram())
			.socketChannelFactory(this.sockets.client(), false)
			.queryTimeoutMillis(this.settings.nameServerTimeout().toMillis())
			.resolveCache(this.addresses)
			.cnameCache(this.aliases)
			.consolidateCacheSize(64);
		List<InetSocketAddress> servers = this.settings.nameServers();
		if (!servers.isEmpty()) {
			// Search domains belong to the system's servers
			builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(servers)).searchDomains(List.of());
		}
		return builder.build();
	}

	private static Answer answer(String host, Future<List<InetAddress>> lookup) {
		if (lookup.isSuccess()) {
			return new Answer(lookup.getNow(), ConnectReport.DNS_FOUND, null, "", null);
		}
		Throwable cause = lookup.cause();
		for (Throwable t = cause; t != null; t = t.getCause()) {
			if (DnsNameResolver.isTransportOrTimeoutError(t)) {
				return new Answer(List.of(), ConnectReport.DNS_SERVER_UNREACHABLE, Phase.NAME_SERVER,
						"no name server answers for \"" + host + "\": " + t.getMessage(), cause);
			}
			if (t instanceof DnsErrorCauseException error) {
				return new Answer(List.of(), ConnectReport.DNS_NO_RESULT, Phase.RESOLVE,
						"no address for \"" + host + "\": the name server says " + error.getCode(), cause);
			}
		}
		return new Answer(List.of(), ConnectReport.DNS_NO_RESULT, Phase.RESOLVE, "no address for \"" + host + "\"",
				cause);
	}

	/**
	 * What came of a look-up.
	 *
	 * @param addresses what was found, at least one unless it failed
	 * @param disposition as in {@link ConnectReport#dnsDisposition()}
	 * @param failed how it failed, or {@code null}
	 * @param message what went wrong
	 * @param cause what is behind it, or {@code null}
	 */
	record Answer(List<InetAddress> addresses, int disposition, @Nullable Phase failed, String message,
			@Nullable Throwable cause) {
	}

}
