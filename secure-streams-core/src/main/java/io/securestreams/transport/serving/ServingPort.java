package io.securestreams.transport.serving;

import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.listen.ListenPoint;
import io.securestreams.transport.listen.Listener;
import io.securestreams.transport.listen.VirtualHosts;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * A listening socket, the streamtypes on it, and its connections. It is bound once and
 * closes with the last streamtype. May be used from any thread.
 */
final class ServingPort {

	private final StreamPolicy first;

	private final ListenPoint point;

	private final ConnectionProtocols protocols;

	private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

	private final CompletableFuture<BoundListener> bound = new CompletableFuture<>();

	private final CompletableFuture<Void> closed = new CompletableFuture<>();

	/** Completes when all streamtypes that start, or end, together have done so. */
	private final Supplier<CompletionStage<Void>> together;

	private final CompletionStage<Void> ready;

	private volatile ServerRoutes routes = ServerRoutes.NONE;

	/** Streamtypes that have left, but still refuse what comes. */
	private final Set<ServerRoute> left = new HashSet<>();

	private int members;

	/** The last streamtype has left, or the socket could not be had. */
	private volatile boolean ending;

	ServingPort(StreamPolicy first, ListenPoint point, ConnectionProtocols protocols,
			Supplier<CompletionStage<Void>> together) {
		this.first = first;
		this.point = point;
		this.protocols = protocols;
		this.together = together;
		this.ready = together.get();
	}

	/**
	 * Adds a streamtype.
	 * @param route its route
	 * @return {@code false} if the port is closing
	 * @throws SecureStreamsException if it does not go with those that are there
	 */
	synchronized boolean join(ServerRoute route) {
		if (this.ending) {
			return false;
		}
		StreamPolicy policy = route.policy();
		if (!VirtualHosts.isNamedBy(policy) && !policy.tls().equals(this.first.tls())) {
			throw new SecureStreamsException("streamtypes \"" + this.first.name() + "\" and \"" + policy.name()
					+ "\" share port " + policy.endpoint().port()
					+ " with different TLS settings (expected: the same tls, server_cert, server_key and tls_trust_store)");
		}
		ServerRoutes staying = this.routes;
		for (ServerRoute gone : this.left) {
			staying = staying.without(gone);
		}
		this.routes = staying.with(route);
		this.left.clear();
		this.members++;
		return true;
	}

	/**
	 * Binds the socket.
	 * @param listener binds it
	 */
	void open(Listener listener) {
		listener.bind(this.point, this::accept).whenComplete((socket, failure) -> {
			if (socket != null) {
				this.bound.complete(socket);
				return;
			}
			synchronized (this) {
				this.ending = true;
			}
			this.closed.complete(null);
			this.bound.completeExceptionally(Objects.requireNonNull(failure));
		});
	}

	private void accept(Channel channel) {
		this.connections.add(channel);
		if (this.ending) {
			channel.close();
			return;
		}
		channel.pipeline()
			.addLast(ConnectionOpening.NAME, new ConnectionOpening(this.protocols, () -> this.routes, this.ready));
	}

	/**
	 * Returns one streamtype's part in the socket.
	 * @param route its route
	 * @return completes when the socket is bound
	 */
	CompletionStage<Member> member(ServerRoute route) {
		return this.bound.thenApply((socket) -> new Member(socket, route));
	}

	/**
	 * Returns when the port is free again.
	 * @return completes when the socket is closed, or could not be had
	 */
	CompletionStage<Void> closed() {
		return this.closed;
	}

	private CompletionStage<Void> leave(BoundListener socket, ServerRoute route) {
		synchronized (this) {
			this.left.add(route);
			this.members--;
			if (this.members > 0) {
				return CompletableFuture.completedFuture(null);
			}
			this.ending = true;
		}
		socket.close().whenComplete((nothing, failure) -> this.closed.complete(null));
		this.connections.forEach((channel) -> EventLoopExecutor.of(channel.eventLoop())
			.executeInSlices(() -> channel.pipeline().fireUserEventTriggered(ListenerEnd.INSTANCE)));
		return this.closed;
	}

	private void forget(ServerRoute route) {
		this.together.get().thenRun(() -> {
			synchronized (this) {
				if (this.left.remove(route)) {
					this.routes = this.routes.without(route);
				}
			}
		});
	}

	/**
	 * One streamtype's part in the socket.
	 */
	final class Member implements BoundListener {

		private final BoundListener socket;

		private final ServerRoute route;

		private Runnable afterClose = () -> {
		};

		Member(BoundListener socket, ServerRoute route) {
			this.socket = socket;
			this.route = route;
		}

		/** Sets what is to be done at the end; before this is used. */
		BoundListener afterClose(Runnable task) {
			this.afterClose = task;
			return this;
		}

		@Override
		public SocketAddress address() {
			return this.socket.address();
		}

		@Override
		public CompletionStage<Void> close() {
			return leave(this.socket, this.route).whenComplete((nothing, failure) -> this.afterClose.run());
		}

		@Override
		public void ended() {
			forget(this.route);
		}

	}

}
