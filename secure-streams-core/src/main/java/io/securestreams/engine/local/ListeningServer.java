package io.securestreams.engine.local;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamBindException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamServer;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;

/**
 * A listener and the streams it has accepted. It keeps the policy it was bound with.
 */
final class ListeningServer implements StreamServer, Acceptor {

	private static final Logger log = LoggerFactory.getLogger(ListeningServer.class);

	private final StreamName name;

	private final StreamEngine engine;

	private final Policy origin;

	private final StreamPolicy policy;

	private final Supplier<? extends StreamHandler> handlers;

	private final StreamExecutor executor;

	private final StreamDirectory<ManagedStream<PolicyFulfilment>> clients = new StreamDirectory<>();

	private final AtomicLong accepted = new AtomicLong();

	private final AtomicLong refused = new AtomicLong();

	private final CompletableFuture<Void> gone = new CompletableFuture<>();

	private final Instant created;

	private volatile Instant since;

	private volatile StreamState state = StreamState.CREATING;

	private volatile @Nullable BoundListener bound;

	ListeningServer(StreamName name, StreamEngine engine, Policy origin, StreamPolicy policy,
			Supplier<? extends StreamHandler> handlers, StreamExecutor executor) {
		this.name = name;
		this.engine = engine;
		this.origin = origin;
		this.policy = policy;
		this.handlers = handlers;
		this.executor = executor;
		this.created = now();
		this.since = this.created;
	}

	/** Binds, and waits for it. */
	void bind(ListenerFactory factory) {
		OverflowRule.of(this.policy);
		try {
			this.bound = factory.listen(this.policy, this).toCompletableFuture().join();
		}
		catch (CompletionException | CancellationException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			if (cause instanceof SecureStreamsException known) {
				throw known;
			}
			String endpoint = this.policy.endpoint().address().text();
			// A vhost has a port of its own
			throw new StreamBindException(streamType(),
					endpoint.startsWith("!") ? endpoint : endpoint + ":" + this.policy.endpoint().port(), cause);
		}
		this.engine.listeners().add(this.name, this);
		log.info("[{}] listening on {}", id(), address());
	}

	@Override
	public @Nullable AcceptedLink accept(StreamExecutor where, AcceptedTransport transport, String peer) {
		if (this.clients.isSealed()) {
			return null;
		}
		ManagedStream<PolicyFulfilment> stream;
		try {
			stream = make(where, transport, this.handlers.get());
		}
		catch (RuntimeException ex) {
			this.refused.incrementAndGet();
			log.warn("[{}] connection of {} refused", id(), peer, ex);
			return null;
		}
		this.accepted.incrementAndGet();
		stream.fulfilment().peer(peer);
		stream.start();
		if (this.clients.isSealed()) {
			stream.close();
		}
		return stream.isClosed() ? null : stream.fulfilment().link();
	}

	private ManagedStream<PolicyFulfilment> make(StreamExecutor where, AcceptedTransport transport,
			StreamHandler handler) {
		StreamName client = StreamName.next(streamType());
		Binding binding = new Binding(this.engine, this.origin, this.policy, transport);
		ManagedStream<PolicyFulfilment> stream = this.engine.register(client, binding, where, handler,
				StreamRole.ACCEPTED, () -> this.clients.remove(client));
		this.clients.add(client, stream);
		return stream;
	}

	@Override
	public String id() {
		return this.name.id();
	}

	@Override
	public String streamType() {
		return this.name.streamType();
	}

	@Override
	public SocketAddress address() {
		BoundListener listener = this.bound;
		if (listener == null) {
			throw new IllegalStateException("listener " + id() + " is not bound");
		}
		return listener.address();
	}

	@Override
	public Collection<SecureStream> clients() {
		return List.copyOf(this.clients.copy());
	}

	@Override
	public int broadcast(byte[] message) {
		byte[] shared = message.clone();
		int taken = 0;
		for (ManagedStream<PolicyFulfilment> client : this.clients.copy()) {
			if (client.fulfilment().takesMessages() && !isRefused(client.enqueue(shared))) {
				taken++;
			}
		}
		return taken;
	}

	private static boolean isRefused(CompletionStage<Long> sent) {
		return sent.toCompletableFuture().isCompletedExceptionally();
	}

	@Override
	public StreamSnapshot snapshot() {
		StreamSnapshot.Counters counters = new StreamSnapshot.Counters(this.accepted.get() + this.refused.get(),
				this.accepted.get(), this.refused.get(), 0, 0, 0, 0, 0, 0);
		return new StreamSnapshot(id(), streamType(), StreamRole.LISTENER,
				this.policy.protocol().protocol().policyName(), this.state, this.since, this.created, null, 0, counters,
				null);
	}

	@Override
	public CompletionStage<Void> drain(Duration timeout) {
		end();
		if (timeout.isZero() || timeout.isNegative()) {
			this.clients.copy().forEach(ManagedStream::close);
			return this.gone;
		}
		this.clients.copy().forEach(ManagedStream::drain);
		if (!this.gone.isDone()) {
			this.executor.execute(() -> {
				StreamExecutor.Timer timer = this.executor
					.schedule(() -> this.clients.copy().forEach(ManagedStream::close), timeout.toMillis());
				this.gone.whenComplete((nothing, failure) -> this.executor.execute(timer::cancel));
			});
		}
		return this.gone;
	}

	@Override
	public void close() {
		end();
		this.clients.copy().forEach(ManagedStream::close);
	}

	/** Stops accepting; the listener is gone when its last stream is. */
	private void end() {
		if (this.clients.isSealed()) {
			return;
		}
		CompletionStage<Void> emptied = this.clients.seal();
		BoundListener listener = this.bound;
		CompletionStage<Void> unbound = (listener != null) ? listener.close() : CompletableFuture.completedFuture(null);
		emptied.thenCombine(unbound.exceptionally((failure) -> null), (one, other) -> one).thenRun(this::finish);
	}

	private void finish() {
		this.state = StreamState.DESTROYING;
		this.since = now();
		BoundListener listener = this.bound;
		if (listener != null) {
			listener.ended();
		}
		this.engine.listeners().remove(this.name);
		log.info("[{}] no longer listening", id());
		this.gone.complete(null);
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.executor.epochMillis());
	}

}
