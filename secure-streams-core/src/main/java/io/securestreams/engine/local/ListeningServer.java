package io.securestreams.engine.local;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.StreamDirectory;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamCounts;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener and the streams it has accepted. These keep the policy they were accepted
 * with; the listener follows new ones.
 */
final class ListeningServer implements StreamServer {

	private static final Logger log = LoggerFactory.getLogger(ListeningServer.class);

	private final StreamName name;

	private final StreamEngine engine;

	/** Most time for accepted streams after their streamtype has left the policy. */
	private static final Duration REMOVED = Duration.ofSeconds(30);

	private final ServerBinding binding;

	private final Supplier<? extends StreamHandler> handlers;

	private final StreamExecutor executor;

	private final StreamDirectory<ManagedStream<PolicyFulfilment>> clients = new StreamDirectory<>();

	/** One for all: there is one stream more with each request. */
	private final Consumer<StreamName> clientGone = this::forget;

	private final Broadcasts broadcasts;

	private final AtomicLong accepted = new AtomicLong();

	private final AtomicLong refused = new AtomicLong();

	private final CompletableFuture<Void> gone = new CompletableFuture<>();

	private final Instant created;

	private volatile Instant since;

	private volatile StreamState state = StreamState.CREATING;

	ListeningServer(StreamName name, StreamEngine engine, Policy origin, StreamPolicy policy,
			Supplier<? extends StreamHandler> handlers, StreamExecutor executor) {
		this.name = name;
		this.engine = engine;
		this.handlers = handlers;
		this.broadcasts = new Broadcasts(engine);
		this.executor = executor;
		this.created = now();
		this.since = this.created;
		this.binding = new ServerBinding(engine, name.id(), origin, policy, this::acceptor, () -> drain(REMOVED));
	}

	/** Binds, and waits for it. */
	void bind(ListenerFactory factory) {
		this.binding.bind(factory);
		this.engine.listeners().add(this.name, this);
	}

	/** There is a new policy. */
	void policyChanged() {
		this.binding.policyChanged();
	}

	/** The streams that are alive, in no order. */
	Collection<ManagedStream<PolicyFulfilment>> accepted() {
		return this.clients.unordered();
	}

	private Acceptor acceptor(Policy origin, StreamPolicy policy) {
		AtomicReference<Binding> shared = new AtomicReference<>(new Binding(this.engine, origin, policy));
		return (where, transport, peer) -> accept(shared, where, transport, peer);
	}

	private @Nullable AcceptedLink accept(AtomicReference<Binding> shared, StreamExecutor where,
			AcceptedTransport transport, String peer) {
		if (this.clients.isSealed()) {
			return null;
		}
		ManagedStream<PolicyFulfilment> stream;
		try {
			StreamHandler handler = this.handlers.get();
			stream = make(current(shared), transport, where, handler);
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
		return stream.isClosed() ? null : stream.fulfilment();
	}

	/** As a whole, policies may differ that say the same about the streamtype. */
	private Binding current(AtomicReference<Binding> shared) {
		Binding known = Objects.requireNonNull(shared.get());
		Policy whole = this.binding.origin();
		if (known.origin() != whole && known.policy().equals(this.binding.policy())) {
			known = new Binding(this.engine, whole, known.policy());
			shared.set(known);
		}
		return known;
	}

	private ManagedStream<PolicyFulfilment> make(Binding with, AcceptedTransport transport, StreamExecutor where,
			StreamHandler handler) {
		ManagedStream<PolicyFulfilment> stream = with.stream(transport, where, handler, StreamRole.ACCEPTED,
				this.clientGone);
		this.broadcasts.join(stream);
		this.clients.add(stream, stream);
		return stream;
	}

	private void forget(StreamName client) {
		ManagedStream<PolicyFulfilment> former = this.clients.remove(client);
		if (former != null) {
			this.broadcasts.leave(former);
		}
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
		return this.binding.address();
	}

	@Override
	public Collection<SecureStream> clients() {
		return List.copyOf(this.clients.copy());
	}

	@Override
	public int broadcast(byte[] message) {
		return this.broadcasts.send(message.clone(), this.clients.unordered());
	}

	@Override
	public StreamSnapshot snapshot() {
		return StreamSnapshot.builder(id(), streamType(), StreamRole.LISTENER)
			.protocol(this.binding.policy().protocol().protocol().policyName())
			.state(this.state, this.since)
			.created(this.created)
			.counters(StreamCounts.builder()
				.attempts(this.accepted.get() + this.refused.get())
				.connections(this.accepted.get())
				.failures(this.refused.get())
				.build())
			.build();
	}

	@Override
	public CompletionStage<Void> drain(Duration timeout) {
		end();
		if (timeout.isZero() || timeout.isNegative()) {
			this.engine.each(this.clients, ManagedStream::close);
			return this.gone;
		}
		this.engine.each(this.clients, ManagedStream::drain);
		if (!this.gone.isDone()) {
			this.executor.execute(() -> {
				StreamExecutor.Timer timer = this.executor
					.schedule(() -> this.engine.each(this.clients, ManagedStream::close), timeout.toMillis());
				this.gone.whenComplete((nothing, failure) -> this.executor.execute(timer::cancel));
			});
		}
		return this.gone;
	}

	@Override
	public void close() {
		end();
		this.engine.each(this.clients, ManagedStream::close);
	}

	/** Stops accepting; the listener is gone when its last stream is. */
	private void end() {
		if (this.clients.isSealed()) {
			return;
		}
		CompletionStage<Void> emptied = this.clients.seal();
		emptied.thenCombine(this.binding.close(), (one, other) -> one).thenRun(this::finish);
	}

	private void finish() {
		this.state = StreamState.DESTROYING;
		this.since = now();
		this.binding.ended();
		this.engine.listeners().remove(this.name);
		log.info("[{}] no longer listening", id());
		this.gone.complete(null);
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.executor.epochMillis());
	}

}
