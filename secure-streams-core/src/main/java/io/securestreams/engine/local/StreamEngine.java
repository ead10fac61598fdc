package io.securestreams.engine.local;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import io.securestreams.engine.spi.GivenTransport;
import io.securestreams.engine.spi.LocalPair;
import io.securestreams.engine.spi.ReadyTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.StreamDirectory;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.engine.stream.StreamSettings;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes streams and listeners and knows those that are alive. May be used from any
 * thread.
 */
public final class StreamEngine implements StreamFactory {

	private static final Logger log = LoggerFactory.getLogger(StreamEngine.class);

	private final EngineSettings settings;

	private final StreamSettings common;

	private final TransportTable<StreamTransportFactory> clients;

	private final AtomicReference<Policy> policy;

	private final StreamDirectory<ManagedStream<PolicyFulfilment>> streams = new StreamDirectory<>();

	private final Listeners listeners;

	private final @Nullable LocalSinks sinks;

	/**
	 * Makes an engine.
	 * @param policy the first policy
	 * @param executors where client streams live
	 * @param transports the wire protocols there are
	 * @param random source of jitter; used from many threads
	 * @param observers what sees the events of all streams
	 * @param socks5 SOCKS5 proxy where no policy names one, or {@code null}
	 */
	public StreamEngine(Policy policy, StreamExecutorGroup executors, Transports transports, RandomGenerator random,
			List<StreamObserver> observers, @Nullable Socks5Proxy socks5) {
		this(policy, executors, transports, random, observers, socks5, EngineServices.NONE);
	}

	/**
	 * Makes an engine.
	 * @param policy the first policy
	 * @param executors where client streams live
	 * @param transports the wire protocols there are
	 * @param random source of jitter; used from many threads
	 * @param observers what sees the events of all streams
	 * @param socks5 SOCKS5 proxy where no policy names one, or {@code null}
	 * @param services what it can do without
	 */
	public StreamEngine(Policy policy, StreamExecutorGroup executors, Transports transports, RandomGenerator random,
			List<StreamObserver> observers, @Nullable Socks5Proxy socks5, EngineServices services) {
		this(new EngineSettings(executors, transports, observers, socks5, random, false, services), policy);
	}

	StreamEngine(EngineSettings settings, Policy policy) {
		this.settings = settings;
		this.common = new StreamSettings(settings.observers(), settings.strict());
		this.clients = TransportTable.ofClients(settings.transports().clients());
		this.listeners = new Listeners(this, settings.transports().listeners());
		this.policy = new AtomicReference<>(policy);
		Supplier<LocalPair> pairs = settings.services().pairs();
		this.sinks = (pairs != null) ? new LocalSinks(this, pairs) : null;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * {@code CREATING} is announced on the stream's event loop: before this returns if it
	 * is called there, else possibly later.
	 */
	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		return create(streamType, handler, StreamOptions.DEFAULTS);
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		Policy current = policy();
		StreamPolicy streamPolicy = find(current, streamType);
		if (streamPolicy.role() == StreamPolicy.Role.LOCAL_SINK) {
			SecureStream source = sinks(streamType).join(current, streamPolicy, handler);
			refuseIfSealed(source);
			return source;
		}
		requireClient(streamPolicy);
		if (this.clients.find(streamPolicy) == null) {
			throw new SecureStreamsException(notAvailable(streamPolicy));
		}
		StreamExecutor executor = executor(streamPolicy);
		var stream = register(new Binding.ClientBinding(this, current, streamPolicy, options), null, executor, handler,
				StreamRole.CLIENT, this::forget);
		start(stream, executor, stream::start);
		return stream;
	}

	private void start(ManagedStream<PolicyFulfilment> stream, StreamExecutor executor, Runnable begin) {
		try {
			if (executor.inContext()) {
				begin.run();
			}
			else {
				executor.executeInSlices(begin);
			}
		}
		catch (RejectedExecutionException ex) {
			stream.forget();
			throw shutDown();
		}
		refuseIfSealed(stream);
	}

	private void refuseIfSealed(SecureStream stream) {
		if (this.streams.isSealed()) {
			stream.close();
			throw shutDown();
		}
	}

	private static void requireClient(StreamPolicy streamPolicy) {
		switch (streamPolicy.role()) {
			case SERVER -> throw new SecureStreamsException("streamtype \"" + streamPolicy.name()
					+ "\" is a server's (expected: listen() instead of create())");
			case LOCAL_SINK -> throw new SecureStreamsException(
					"streamtype \"" + streamPolicy.name() + "\" is a local sink's (expected: a client's)");
			case CLIENT -> {
			}
		}
	}

	private LocalSinks sinks(String streamType) {
		LocalSinks known = this.sinks;
		if (known == null) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" is a local sink's, which this engine does not have");
		}
		return known;
	}

	@Override
	public SinkRegistration registerSink(String streamType, Supplier<? extends StreamHandler> handlers) {
		return sinks(streamType).register(find(policy(), streamType), handlers);
	}

	/**
	 * Makes a raw stream of a connection that exists already. The stream has no other
	 * one: it ends with it.
	 * @param streamType a raw client's name of the policy, without TLS
	 * @param handler what receives the stream's events
	 * @param executor where the stream lives
	 * @param connection the connection; untouched if this throws, else the stream's
	 * @return the stream
	 * @throws UnknownStreamTypeException if the policy has no such streamtype
	 * @throws SecureStreamsException if the streamtype is not a raw client's, or is to
	 * travel in TLS
	 */
	public SecureStream adopt(String streamType, StreamHandler handler, StreamExecutor executor,
			ReadyTransport connection) {
		Policy current = policy();
		StreamPolicy streamPolicy = find(current, streamType);
		requireClient(streamPolicy);
		String expected = connection.objection(streamPolicy);
		if (expected != null) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" cannot adopt a connection (expected: " + expected + ")");
		}
		ManagedStream<PolicyFulfilment> stream = register(new Binding(this, current, streamPolicy), connection,
				executor, handler, StreamRole.CLIENT, this::forget);
		start(stream, executor, () -> LocalSinks.open(stream, connection));
		return stream;
	}

	/**
	 * Streams that may share a connection live where it lives, so that sharing costs no
	 * thread hop.
	 */
	private StreamExecutor executor(StreamPolicy streamPolicy) {
		StreamTransportFactory factory = this.clients.find(streamPolicy);
		OptionalInt affinity = (factory != null) ? factory.affinity(streamPolicy) : OptionalInt.empty();
		return affinity.isPresent() ? this.settings.executors().next(affinity.getAsInt())
				: this.settings.executors().next();
	}

	/** Makes a stream that is found from now on, until {@link #forget}. */
	ManagedStream<PolicyFulfilment> register(Binding binding, @Nullable GivenTransport given, StreamExecutor executor,
			StreamHandler handler, StreamRole role, Consumer<StreamName> ended) {
		ManagedStream<PolicyFulfilment> stream = binding.stream(given, executor, handler, role, ended);
		this.streams.add(stream, stream);
		return stream;
	}

	/** For new streams. */
	StreamSettings common() {
		if (this.streams.isSealed()) {
			throw shutDown();
		}
		return this.common;
	}

	/** A stream has ended. */
	void forget(StreamName name) {
		this.streams.remove(name);
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.listeners.listen(streamType, handlers);
	}

	@Override
	public ListenerHold holdListeners() {
		return this.listeners.hold();
	}

	@Override
	public Collection<SecureStream> streams() {
		return List.copyOf(this.listeners.alive(this.streams));
	}

	@Override
	public Collection<StreamServer> servers() {
		return this.listeners.all();
	}

	@Override
	public Policy policy() {
		return Objects.requireNonNull(this.policy.get());
	}

	/**
	 * Replaces the policy. Streams take the new one at their next connection; those whose
	 * streamtype is not in it any more finish what they do and end. Listeners whose
	 * streamtype says something else are bound anew. An equal policy changes nothing.
	 * @param change gives the new policy from the current one; called again if another
	 * change came in between; if it throws, the current policy stays
	 */
	public void updatePolicy(UnaryOperator<Policy> change) {
		Policy before = policy();
		Policy after = EqualParts.keep(before, change.apply(before));
		while (after != before && !this.policy.compareAndSet(before, after)) {
			before = policy();
			after = EqualParts.keep(before, change.apply(before));
		}
		if (after == before) {
			return;
		}
		each(this.streams, ManagedStream::policyChanged);
		this.listeners.policyChanged();
		for (StreamObserver observer : this.settings.observers()) {
			try {
				observer.onPolicyChanged(before, after);
			}
			catch (RuntimeException ex) {
				log.warn("observer threw", ex);
			}
		}
	}

	/**
	 * Announces {@code EVENT_WAIT_CANCELLED} on every live stream, on its event loop.
	 */
	public void wake() {
		each(this.listeners.alive(this.streams), ManagedStream::wake);
	}

	/** Asks all streams of a directory for something. */
	void each(StreamDirectory<ManagedStream<PolicyFulfilment>> directory,
			Consumer<ManagedStream<PolicyFulfilment>> request) {
		each(directory.copy(), request);
	}

	/** Asks streams for something. */
	void each(Collection<ManagedStream<PolicyFulfilment>> all, Consumer<ManagedStream<PolicyFulfilment>> request) {
		FanOut.each(this.settings.executors(), all, request, () -> {
		});
	}

	/** Asks streams for something, and says when all have been asked. */
	void each(Collection<ManagedStream<PolicyFulfilment>> all, Consumer<ManagedStream<PolicyFulfilment>> request,
			Runnable done) {
		FanOut.each(this.settings.executors(), all, request, done);
	}

	/** Whether that goes in slices. */
	boolean isSliced(Collection<?> all) {
		return FanOut.isSliced(this.settings.executors(), all);
	}

	/**
	 * Ends every stream and listener: no new ones, transactions in flight may finish.
	 * @param drain most time for transactions in flight
	 * @return completes when every stream has announced its end
	 */
	public CompletionStage<Void> shutdown(Duration drain) {
		CompletionStage<Void> listenersGone = this.listeners.seal();
		CompletionStage<Void> streamsGone = this.streams.seal();
		boolean wait = !drain.isZero() && !drain.isNegative();
		ListenerHold hold = holdListeners();
		this.listeners.end(drain);
		each(this.streams, wait ? ManagedStream::drain : ManagedStream::close);
		CompletableFuture<Void> done = listenersGone.thenCombine(streamsGone, (one, other) -> one)
			.toCompletableFuture();
		done.whenComplete((nothing, failure) -> hold.close());
		if (wait && !done.isDone()) {
			closeAfter(drain, done);
		}
		return done;
	}

	private void closeAfter(Duration drain, CompletableFuture<Void> done) {
		StreamExecutor executor = this.settings.executors().next();
		executor.execute(() -> {
			StreamExecutor.Timer timer = executor.schedule(() -> each(this.streams, ManagedStream::close),
					drain.toMillis());
			done.whenComplete((nothing, failure) -> executor.execute(timer::cancel));
		});
	}

	/**
	 * Names the streams whose handlers an executor is calling right now, for reports of
	 * one that does not get on.
	 * @param executor where they live
	 * @return ids; only good if the executor has been standing still for a while
	 */
	public List<String> calling(StreamExecutor executor) {
		return this.listeners.alive(this.streams)
			.stream()
			.filter((stream) -> stream.isCalledBy(executor))
			.map(SecureStream::id)
			.toList();
	}

	EngineSettings settings() {
		return this.settings;
	}

	Listeners listeners() {
		return this.listeners;
	}

	@Nullable StreamTransportFactory clientFactory(StreamPolicy streamPolicy) {
		return this.clients.find(streamPolicy);
	}

	String notAvailable(StreamPolicy streamPolicy) {
		return this.clients.notAvailable(streamPolicy);
	}

	static StreamPolicy find(Policy policy, String streamType) {
		return policy.streamType(streamType)
			.orElseThrow(() -> new UnknownStreamTypeException(streamType, List.copyOf(policy.streamTypes().keySet())));
	}

	static SecureStreamsException shutDown() {
		return new SecureStreamsException("the engine has been shut down (expected: no new streams)");
	}

}
