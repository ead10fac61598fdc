package io.securestreams.engine;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamServer;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;

/**
 * A listening streamtype and the streams it has accepted. May be used from any thread.
 */
final class Listener implements StreamServer, Acceptor {

	private static final Logger logger = LoggerFactory.getLogger(Listener.class);

	private final String id;

	private final StreamPolicy policy;

	private final Supplier<? extends StreamHandler> handlers;

	private final Function<Accepting, ManagedStream> streams;

	private final Runnable gone;

	private final Set<Client> clients = new ConcurrentSkipListSet<>();

	private final AtomicLong accepted = new AtomicLong();

	private final AtomicBoolean stopping = new AtomicBoolean();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final Instant created = Instant.now();

	private volatile @Nullable BoundListener bound;

	Listener(String id, StreamPolicy policy, Supplier<? extends StreamHandler> handlers,
			Function<Accepting, ManagedStream> streams, Runnable gone) {
		this.id = id;
		this.policy = policy;
		this.handlers = handlers;
		this.streams = streams;
		this.gone = gone;
	}

	void bound(BoundListener listener) {
		this.bound = listener;
	}

	@Override
	public @Nullable StreamLink accept(StreamExecutor executor, StreamTransport transport, String peer) {
		if (this.stopping.get()) {
			return null;
		}
		StreamHandler handler;
		try {
			handler = this.handlers.get();
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] no handler for a connection from {}; it is refused", this.id, peer, ex);
			return null;
		}
		ManagedStream stream = this.streams.apply(new Accepting(this.policy, handler, executor));
		this.clients.add(new Client(this.accepted.incrementAndGet(), stream));
		return stream.accept(new EngineContext.Accepted(transport, peer));
	}

	/** An accepted stream is gone. */
	void left(ManagedStream stream) {
		this.clients.removeIf((client) -> client.stream == stream);
		endIfEmpty();
	}

	private void endIfEmpty() {
		if (this.stopping.get() && this.clients.isEmpty()) {
			this.ended.complete(null);
		}
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public String streamType() {
		return this.policy.name();
	}

	@Override
	public SocketAddress address() {
		BoundListener listener = this.bound;
		if (listener == null) {
			throw new IllegalStateException("not bound");
		}
		return listener.address();
	}

	@Override
	public Collection<SecureStream> clients() {
		Collection<SecureStream> copy = new ArrayList<>();
		this.clients.forEach((client) -> copy.add(client.stream));
		return copy;
	}

	@Override
	public StreamSnapshot snapshot() {
		StreamState state = this.stopping.get() ? StreamState.DESTROYING : StreamState.CREATING;
		return new StreamSnapshot(this.id, streamType(), StreamRole.LISTENER,
				this.policy.protocol().protocol().policyName(), state, this.created, this.created,
				String.valueOf(address()), 0, new StreamSnapshot.Counters(0, this.accepted.get(), 0, 0, 0, 0, 0, 0, 0),
				null);
	}

	@Override
	public CompletionStage<Void> drain(Duration timeout) {
		stopAccepting();
		this.clients.forEach((client) -> client.stream.drain());
		CompletableFuture<Void> done = this.ended.copy();
		if (!done.isDone()) {
			CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
				.execute(this::cutOff);
		}
		return done;
	}

	private void cutOff() {
		this.clients.forEach((client) -> client.stream.close());
	}

	@Override
	public void close() {
		stopAccepting();
		cutOff();
	}

	private void stopAccepting() {
		BoundListener listener = this.bound;
		if (this.stopping.compareAndSet(false, true)) {
			this.gone.run();
			if (listener != null) {
				listener.close().whenComplete((nothing, failure) -> endIfEmpty());
			}
		}
		endIfEmpty();
	}

	/**
	 * What an accepted stream is made of.
	 */
	record Accepting(StreamPolicy policy, StreamHandler handler, StreamExecutor executor) {

	}

	private record Client(long number, ManagedStream stream) implements Comparable<Client> {

		@Override
		public int compareTo(Client other) {
			return Long.compare(this.number, other.number);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Client client && client.number == this.number;
		}

		@Override
		public int hashCode() {
			return Long.hashCode(this.number);
		}

	}

}
