package io.securestreams.transport.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.policy.TrafficClass;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.transport.loop.BriefReads;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.loop.TrafficMarking;
import io.securestreams.transport.tls.TlsContexts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds listening sockets. One per engine; may be used from any thread.
 */
public final class Listener {

	private static final Logger logger = LoggerFactory.getLogger(Listener.class);

	private final EventLoops loops;

	private final TlsContexts tls;

	private final NetworkLimits settings;

	private final ListenerLimits limits;

	private final VirtualHosts virtualHosts;

	private final TrafficMarking marking;

	/**
	 * Makes what binds.
	 * @param loops the threads
	 * @param tls the contexts of listeners with TLS
	 * @param settings limits
	 * @param limits how many connections are accepted
	 * @param virtualHosts the listeners that are configured outside the policy
	 */
	public Listener(EventLoops loops, TlsContexts tls, NetworkLimits settings, ListenerLimits limits,
			VirtualHosts virtualHosts) {
		this.loops = loops;
		this.tls = tls;
		this.settings = settings;
		this.limits = limits;
		this.virtualHosts = virtualHosts;
		this.marking = new TrafficMarking(loops.sockets());
	}

	/**
	 * Binds what a server streamtype names, for it alone; also a vhost, as long as no
	 * other streamtype has joined it.
	 * @param policy the streamtype
	 * @param alpn protocol names to choose from (RFC 7301), in order of preference; empty
	 * for none
	 * @param accepted see {@link #bind(ListenPoint, Consumer)}
	 * @return see {@link #bind(ListenPoint, Consumer)}
	 */
	public CompletionStage<BoundListener> bind(StreamPolicy policy, List<String> alpn, Consumer<Channel> accepted) {
		try {
			if (!VirtualHosts.isNamedBy(policy)) {
				return bind(point(policy, alpn), accepted);
			}
			VirtualHost host = this.virtualHosts.find(policy);
			Runnable leave = this.virtualHosts.join(policy, host, true);
			return bind(point(host, alpn), accepted).whenComplete((bound, failure) -> {
				if (failure != null) {
					leave.run();
				}
			}).thenApply((bound) -> new Joined(bound, leave));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Returns where a server streamtype wants to listen.
	 * @param policy the streamtype, whose endpoint names no vhost
	 * @param alpn protocol names to choose from, in order of preference
	 * @return what to bind
	 * @throws SecureStreamsException if certificate or key are missing or cannot be used
	 */
	public ListenPoint point(StreamPolicy policy, List<String> alpn) {
		SslContext context = policy.tls().enabled() ? this.tls.server(policy, alpn) : null;
		return new ListenPoint(policy.name(), policy.endpoint().address().text(), policy.endpoint().port(),
				policy.trafficClass(), (context != null) ? () -> context : null);
	}

	/**
	 * Returns where a vhost listens.
	 * @param host the vhost
	 * @param alpn protocol names to choose from, in order of preference
	 * @return what to bind
	 * @throws SecureStreamsException if its identity is missing or cannot be used
	 */
	public ListenPoint point(VirtualHost host, List<String> alpn) {
		String owner = "!" + host.name();
		if (host.identity() == null) {
			return new ListenPoint(owner, host.address(), host.port(), TrafficClass.NORMAL, null);
		}
		// A mistake is to show now, not with the first connection
		this.tls.server(host, alpn);
		return new ListenPoint(owner, host.address(), host.port(), TrafficClass.NORMAL,
				() -> this.tls.server(host, alpn));
	}

	/**
	 * Binds all interfaces (no endpoint), an address, every address of an interface,
	 * {@code +/path} or {@code +@name}. Port 0 stands for any free one. The socket file
	 * of a listener that is gone is replaced.
	 * @param point what to bind
	 * @param accepted is given each connection on its own event loop right after TCP
	 * accept, before the TLS handshake; the pipeline holds the {@code SslHandler} (name
	 * {@link TlsContexts#HANDLER}) when there is TLS, reading is off ({@code autoRead} is
	 * {@code false}). It adds its handlers, or closes the channel; they see
	 * {@code channelActive} and, with TLS, {@code SslHandshakeCompletionEvent}.
	 * @return completes when bound; exceptionally with {@link BindException} if the
	 * address cannot be had, with {@link SecureStreamsException} if the endpoint makes no
	 * sense here
	 */
	public CompletionStage<BoundListener> bind(ListenPoint point, Consumer<Channel> accepted) {
		ListenAddress address;
		ServerBootstrap bootstrap;
		SocketAddress first;
		try {
			address = ListenAddress.of(point);
			bootstrap = bootstrap(address, new Children(point, accepted));
			first = (address.unix() != null) ? this.loops.sockets().unixAddress(address.unix())
					: address.addresses().get(0);
			address.removeStaleSocket();
		}
		catch (IOException | RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<BoundListener> result = new CompletableFuture<>();
		bind(bootstrap, first, address, new ArrayList<>(), result);
		return result;
	}

	private ServerBootstrap bootstrap(ListenAddress address, Children children) {
		AcceptGate gate = new AcceptGate(children.point.owner(), this.limits);
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.loops.acceptor(), this.loops.group())
			.option(ChannelOption.SO_BACKLOG, this.limits.backlog())
			.childOption(ChannelOption.AUTO_READ, false)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR, BriefReads.SHARED)
			.handler(new ChannelInitializer<>() {
				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(AcceptGate.NAME, gate);
				}
			})
			.childHandler(children);
		if (address.unix() != null) {
			return bootstrap.channelFactory(this.loops.sockets().unixServer());
		}
		return bootstrap.channelFactory(this.loops.sockets().server())
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true);
	}

	/** Binds one address after the other; all of them or none. */
	private static void bind(ServerBootstrap bootstrap, SocketAddress next, ListenAddress all, List<Channel> bound,
			CompletableFuture<BoundListener> result) {
		bootstrap.bind(next).addListener((ChannelFuture future) -> {
			if (!future.isSuccess()) {
				bound.forEach(Channel::close);
				result.completeExceptionally(bindFailure(next, future.cause()));
				return;
			}
			bound.add(future.channel());
			if (bound.size() >= all.addresses().size()) {
				result.complete(new Bound(List.copyOf(bound)));
				return;
			}
			InetSocketAddress wanted = all.addresses().get(bound.size());
			// A port that was free to choose is the same everywhere
			int port = ((InetSocketAddress) bound.get(0).localAddress()).getPort();
			bind(bootstrap, new InetSocketAddress(wanted.getAddress(), port), all, bound, result);
		});
	}

	private static BindException bindFailure(SocketAddress address, @Nullable Throwable cause) {
		String reason = (cause != null) ? String.valueOf(cause.getMessage()) : "unknown";
		BindException failure = new BindException(PeerName.withPort(address) + ": " + reason);
		failure.initCause(cause);
		return failure;
	}

	/**
	 * Sets accepted connections up.
	 */
	private final class Children extends ChannelInitializer<Channel> {

		private final ListenPoint point;

		private final Consumer<Channel> accepted;

		Children(ListenPoint point, Consumer<Channel> accepted) {
			this.point = point;
			this.accepted = accepted;
		}

		@Override
		protected void initChannel(Channel channel) {
			if (channel.remoteAddress() instanceof InetSocketAddress) {
				Listener.this.marking.apply(channel, this.point.marking());
			}
			Supplier<SslContext> tls = this.point.tls();
			if (tls != null) {
				SslHandler handler = tls.get().newHandler(channel.alloc());
				handler.setHandshakeTimeoutMillis(Listener.this.settings.tlsTimeout().toMillis());
				TlsContexts.add(channel.pipeline(), handler);
				channel.pipeline().addLast(TlsServerStart.NAME, new TlsServerStart());
			}
			this.accepted.accept(channel);
		}

		@Override
		public void exceptionCaught(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
			logger.warn("[{}] connection from {} dropped, it could not be set up", this.point.owner(),
					PeerName.of(ctx.channel()), cause);
			ctx.close();
		}

	}

	private record Bound(List<Channel> channels) implements BoundListener {

		@Override
		public SocketAddress address() {
			return this.channels.get(0).localAddress();
		}

		@Override
		public CompletionStage<Void> close() {
			CompletableFuture<?>[] closed = this.channels.stream().map((channel) -> {
				CompletableFuture<Void> done = new CompletableFuture<>();
				// NIO lets go of a closed socket with its next select, which a timer
				// waits for
				channel.close()
					.addListener((future) -> channel.eventLoop()
						.schedule(() -> done.complete(null), 1, TimeUnit.MILLISECONDS));
				return done;
			}).toArray(CompletableFuture<?>[]::new);
			return CompletableFuture.allOf(closed);
		}

	}

	/**
	 * A vhost that one streamtype has for itself.
	 */
	private record Joined(BoundListener bound, Runnable leave) implements BoundListener {

		@Override
		public SocketAddress address() {
			return this.bound.address();
		}

		@Override
		public CompletionStage<Void> close() {
			return this.bound.close().whenComplete((nothing, failure) -> this.leave.run());
		}

	}

}
