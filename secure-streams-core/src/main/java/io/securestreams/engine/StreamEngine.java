package io.securestreams.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.BoundListener;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Protocol;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamBindException;
import io.securestreams.stream.StreamFactory;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamObserver;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamServer;
import io.securestreams.stream.UnknownStreamTypeException;

/**
 * Creates streams under the current policy and knows the live ones. Internal: reached
 * through {@code SecureStreams}. May be used from any thread.
 */
public final class StreamEngine implements StreamFactory {

	private final AtomicReference<Policy> policy;

	private final StreamExecutorGroup executors;

	private final Map<Protocol, StreamTransportFactory> clientTransports = new EnumMap<>(Protocol.class);

	private final Map<Protocol, StreamTransportFactory> serverTransports = new EnumMap<>(Protocol.class);

	private final RandomGenerator random;

	private final List<StreamObserver> observers;

	private final @Nullable Socks5Proxy socks5;

	private final AtomicLong numbers = new AtomicLong();

	private final Map<Long, ManagedStream> streams = new ConcurrentSkipListMap<>();

	private final Set<Listener> servers = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> empty = new CompletableFuture<>();

	private volatile boolean stopping;

	/**
	 * Makes an engine.
	 * @param policy the first policy
	 * @param executors where streams live
	 * @param transports what speaks the protocols; for a protocol that two of them speak
	 * the first one wins
	 * @param random randomness for jitter; must be thread-safe
	 * @param observers who sees all events
	 * @param socks5 SOCKS5 proxy for streams whose policy has none, or {@code null}
	 */
	public StreamEngine(Policy policy, StreamExecutorGroup executors, List<StreamTransportFactory> transports,
			RandomGenerator random, List<StreamObserver> observers, @Nullable Socks5Proxy socks5) {
		this.policy = new AtomicReference<>(policy);
		this.executors = executors;
		this.random = random;
		this.observers = List.copyOf(observers);
		this.socks5 = socks5;
		for (StreamTransportFactory transport : transports) {
			transport.clientProtocols().forEach((protocol) -> this.clientTransports.putIfAbsent(protocol, transport));
			transport.serverProtocols().forEach((protocol) -> this.serverTransports.putIfAbsent(protocol, transport));
		}
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		StreamPolicy streamPolicy = require(streamType);
		if (streamPolicy.role() != StreamPolicy.Role.CLIENT) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" is a " + ((streamPolicy.role() == StreamPolicy.Role.SERVER)
							? "server's: use listen()" : "local sink's: sinks are not available yet"));
		}
		requireTransport(streamPolicy, this.clientTransports, "client");
		StreamExecutor executor = executor(streamPolicy);
		ManagedStream stream = register(StreamRole.CLIENT, streamPolicy, handler, executor, null);
		stream.create();
		return stream;
	}

	/**
	 * Streams that may share a connection live where it lives, so that sharing costs no
	 * thread hop.
	 */
	private StreamExecutor executor(StreamPolicy streamPolicy) {
		return switch (streamPolicy.protocol().protocol()) {
			case H2, H3, MQTT ->
				this.executors.next(Objects.hash(streamPolicy.endpoint().address(), streamPolicy.endpoint().port()));
			case H1, WS, RAW -> this.executors.next();
		};
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		StreamPolicy streamPolicy = require(streamType);
		if (streamPolicy.role() != StreamPolicy.Role.SERVER) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" is no server's (expected: \"server\": true in its policy)");
		}
		StreamTransportFactory transport = requireTransport(streamPolicy, this.serverTransports, "server");
		AtomicReference<Listener> self = new AtomicReference<>();
		Listener listener = new Listener(streamType + "-" + this.numbers.incrementAndGet(), streamPolicy, handlers,
				(accepting) -> register(StreamRole.ACCEPTED, accepting.policy(), accepting.handler(),
						accepting.executor(), self.get()),
				() -> this.servers.remove(self.get()));
		self.set(listener);
		BoundListener bound;
		try {
			bound = transport.listen(streamPolicy, listener).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			throw new StreamBindException(streamType, address(streamPolicy), ex.getCause());
		}
		listener.bound(bound);
		this.servers.add(listener);
		if (this.stopping) {
			listener.close();
		}
		return listener;
	}

	private static String address(StreamPolicy policy) {
		String host = policy.endpoint().address().text();
		return host.startsWith("+") ? host : (host.isEmpty() ? "*" : host) + ":" + policy.endpoint().port();
	}

	@Override
	public Collection<SecureStream> streams() {
		return new ArrayList<>(this.streams.values());
	}

	@Override
	public Collection<StreamServer> servers() {
		return new ArrayList<>(this.servers);
	}

	@Override
	public Policy policy() {
		return this.policy.get();
	}

	/**
	 * Replaces the policy for new streams and new connections.
	 * @param change gives the new policy from the current one; if it throws, the current
	 * one stays
	 */
	public void updatePolicy(UnaryOperator<Policy> change) {
		this.policy.updateAndGet(change);
	}

	/**
	 * Ends every listener and stream.
	 * @param drain most time for transactions in flight
	 * @return completes when all are gone
	 */
	public CompletionStage<Void> shutdown(Duration drain) {
		this.stopping = true;
		this.servers.forEach((server) -> server.drain(drain));
		this.streams.values().forEach(ManagedStream::drain);
		if (drain.isZero()) {
			closeAll();
		}
		else {
			CompletableFuture.delayedExecutor(drain.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
				.execute(this::closeAll);
		}
		completeIfEmpty();
		return this.empty.copy();
	}

	private void closeAll() {
		this.servers.forEach(Listener::close);
		this.streams.values().forEach(ManagedStream::close);
	}

	private void completeIfEmpty() {
		if (this.stopping && this.streams.isEmpty()) {
			this.empty.complete(null);
		}
	}

	private ManagedStream register(StreamRole role, StreamPolicy streamPolicy, StreamHandler handler,
			StreamExecutor executor, @Nullable Listener listener) {
		if (this.stopping) {
			throw new SecureStreamsException("the engine is shutting down");
		}
		long number = this.numbers.incrementAndGet();
		ManagedStream stream = new ManagedStream(streamPolicy.name() + "-" + number, role, streamPolicy, handler,
				executor, new Context(number, listener));
		this.streams.put(number, stream);
		return stream;
	}

	private StreamPolicy require(String streamType) {
		Policy current = policy();
		return current.streamType(streamType)
			.orElseThrow(() -> new UnknownStreamTypeException(streamType, List.copyOf(current.streamTypes().keySet())));
	}

	private static StreamTransportFactory requireTransport(StreamPolicy policy,
			Map<Protocol, StreamTransportFactory> transports, String side) {
		Protocol protocol = policy.protocol().protocol();
		StreamTransportFactory transport = transports.get(protocol);
		if (transport == null) {
			throw new SecureStreamsException("streamtype \"" + policy.name() + "\": protocol \"" + protocol.policyName()
					+ "\" is not available for a " + side + " (available: "
					+ String.join(", ", transports.keySet().stream().map(Protocol::policyName).toList()) + ")");
		}
		return transport;
	}

	/** The engine as one stream sees it. */
	private final class Context implements EngineContext {

		private final long number;

		private final @Nullable Listener listener;

		Context(long number, @Nullable Listener listener) {
			this.number = number;
			this.listener = listener;
		}

		@Override
		public Policy policy() {
			return StreamEngine.this.policy();
		}

		@Override
		public @Nullable Socks5Proxy defaultSocks5() {
			return StreamEngine.this.socks5;
		}

		@Override
		public @Nullable StreamTransportFactory clientTransports(Protocol protocol) {
			return StreamEngine.this.clientTransports.get(protocol);
		}

		@Override
		public RandomGenerator random() {
			return StreamEngine.this.random;
		}

		@Override
		public List<StreamObserver> observers() {
			return StreamEngine.this.observers;
		}

		@Override
		public boolean isStopping() {
			return StreamEngine.this.stopping;
		}

		@Override
		public void gone(ManagedStream stream) {
			StreamEngine.this.streams.remove(this.number);
			Listener owner = this.listener;
			if (owner != null) {
				owner.left(stream);
			}
			completeIfEmpty();
		}

	}

}
