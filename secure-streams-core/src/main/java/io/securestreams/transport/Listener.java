package io.securestreams.transport;

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

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;

/**
 * Binds listening sockets. One per engine; may be used from any thread.
 */
public final class Listener {

	private static final Logger logger = LoggerFactory.getLogger(Listener.class);

	private final EventLoops loops;

	private final TlsContexts tls;

	private final TransportSettings settings;

	private final TrafficMarking marking;

	Listener(EventLoops loops, TlsContexts tls, TransportSettings settings) {
		this.loops = loops;
		this.tls = tls;
		this.settings = settings;
		this.marking = new TrafficMarking(loops.sockets());
	}

	/**
	 * Binds what a server streamtype names: all interfaces (no endpoint), an address,
	 * every address of an interface, {@code +/path} or {@code +@name}. Port 0 stands for
	 * any free one. The socket file of a listener that is gone is replaced.
	 * @param policy the streamtype
	 * @param alpn protocol names to choose from (RFC 7301), in order of preference; empty
	 * for none
	 * @param accepted is given each connection on its own event loop right after TCP
	 * accept, before the TLS handshake; the pipeline holds the {@code SslHandler} (name
	 * {@link TlsContexts#HANDLER}) when the streamtype uses TLS, reading is off
	 * ({@code autoRead} is {@code false}). It adds its handlers, or closes the channel;
	 * they see {@code channelActive} and, with TLS, {@code SslHandshakeCompletionEvent}.
	 * @return completes when bound; exceptionally with {@link BindException} if the
	 * address cannot be had, with {@link SecureStreamsException} if the policy makes no
	 * sense here
	 */
	public CompletionStage<BoundListener> bind(StreamPolicy policy, List<String> alpn, Consumer<Channel> accepted) {
		ListenAddress address;
		ServerBootstrap bootstrap;
		SocketAddress first;
		try {
			address = ListenAddress.of(policy);
			SslContext context = policy.tls().enabled() ? this.tls.server(policy, alpn) : null;
			bootstrap = bootstrap(policy, address, new Children(policy, context, accepted));
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

	private ServerBootstrap bootstrap(StreamPolicy policy, ListenAddress address, Children children) {
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.loops.group(), this.loops.group())
			.option(ChannelOption.SO_BACKLOG, this.settings.backlog())
			.childOption(ChannelOption.AUTO_READ, false)
			.handler(new ChannelInitializer<>() {
				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(AcceptGate.NAME,
								new AcceptGate(policy.name(), Listener.this.settings.maxConnections()));
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

		private final StreamPolicy policy;

		private final @Nullable SslContext context;

		private final Consumer<Channel> accepted;

		Children(StreamPolicy policy, @Nullable SslContext context, Consumer<Channel> accepted) {
			this.policy = policy;
			this.context = context;
			this.accepted = accepted;
		}

		@Override
		protected void initChannel(Channel channel) {
			if (channel.remoteAddress() instanceof InetSocketAddress) {
				Listener.this.marking.apply(channel, this.policy.trafficClass());
			}
			if (this.context != null) {
				SslHandler handler = this.context.newHandler(channel.alloc());
				handler.setHandshakeTimeoutMillis(Listener.this.settings.tlsTimeout().toMillis());
				channel.pipeline().addLast(TlsContexts.HANDLER, handler);
				channel.pipeline().addLast(TlsServerStart.NAME, new TlsServerStart());
			}
			this.accepted.accept(channel);
		}

		@Override
		public void exceptionCaught(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
			logger.warn("[{}] connection from {} dropped, it could not be set up", this.policy.name(),
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

}
