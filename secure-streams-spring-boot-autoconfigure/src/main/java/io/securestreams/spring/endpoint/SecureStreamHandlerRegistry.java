package io.securestreams.spring.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.EventLoopThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Runs the streams and listeners of handler beans: they start when all beans exist, and
 * before the web server takes requests; when the context stops they are drained and
 * closed, after the web server has finished its requests. When the context of the engine
 * closes, the whole engine is shut down in the same way; a child context ends what it has
 * begun.
 */
public class SecureStreamHandlerRegistry
		implements SmartLifecycle, ApplicationContextAware, ApplicationListener<ContextClosedEvent> {

	/**
	 * The phase: below those of the web server and of its graceful shutdown, so that
	 * requests can use streams to the last.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

	private static final Logger logger = LoggerFactory.getLogger(SecureStreamHandlerRegistry.class);

	private final StreamFactory streamFactory;

	private final StreamHandlerEndpointSource source;

	private final Duration drainTimeout;

	private final RunningEndpoints active;

	private final BooleanSupplier mayArrive;

	private final PolicyChanges changes;

	private final Runnable follower = this::policyChanged;

	/** Streamtypes that have a handler, but are not in the policy. */
	private final Set<String> waiting = new ConcurrentSkipListSet<>();

	/** Guarded by {@code this}. */
	private List<StreamHandlerEndpoint> endpoints = List.of();

	/** What runs, by streamtype; guarded by {@code this}. */
	private final Map<String, StreamPolicy.Role> started = new HashMap<>();

	/** Who has registered them; never waited for. */
	private volatile Set<String> owners = Set.of();

	private volatile boolean running;

	private volatile boolean closing;

	private @Nullable ApplicationContext applicationContext;

	/**
	 * Makes a registry.
	 * @param streamFactory makes streams and listeners
	 * @param source says which
	 * @param drainTimeout most time for transactions in flight at the end
	 */
	public SecureStreamHandlerRegistry(StreamFactory streamFactory, StreamHandlerEndpointSource source,
			Duration drainTimeout) {
		this(streamFactory, source, drainTimeout, new PolicyChanges(), () -> false);
	}

	/**
	 * Makes a registry whose streamtypes come and go with the policy.
	 * @param streamFactory makes streams and listeners
	 * @param source says which
	 * @param drainTimeout most time for transactions in flight at the end
	 * @param changes tells of new policies
	 * @param mayArrive whether a streamtype that is not in the policy may still be: if
	 * not, a handler for one is a mistake
	 */
	public SecureStreamHandlerRegistry(StreamFactory streamFactory, StreamHandlerEndpointSource source,
			Duration drainTimeout, PolicyChanges changes, BooleanSupplier mayArrive) {
		this.streamFactory = streamFactory;
		this.active = new RunningEndpoints(streamFactory);
		this.source = source;
		this.drainTimeout = drainTimeout;
		this.mayArrive = mayArrive;
		this.changes = changes;
	}

	/**
	 * Returns the streamtypes that have a handler, but are not in the policy in force.
	 * @return their names
	 */
	public Set<String> waiting() {
		return Set.copyOf(this.waiting);
	}

	/**
	 * Returns the stream of a handler for a client streamtype.
	 * @param streamType the streamtype
	 * @return the stream; ended if the application has closed it
	 * @throws IllegalStateException if no handler is registered for it, or streams are
	 * not running
	 */
	public SecureStream stream(String streamType) {
		return this.active.stream(streamType);
	}

	/**
	 * Finds the stream of a handler for a client streamtype.
	 * @param streamType the streamtype
	 * @return the stream, or empty if there is none
	 */
	public Optional<SecureStream> findStream(String streamType) {
		return this.active.findStream(streamType);
	}

	/**
	 * Returns the listener of a handler for a server streamtype.
	 * @param streamType the streamtype
	 * @return the listener
	 * @throws IllegalStateException if no handler is registered for it, or listeners are
	 * not running
	 */
	public StreamServer server(String streamType) {
		return this.active.server(streamType);
	}

	/**
	 * Finds the listener of a handler for a server streamtype.
	 * @param streamType the streamtype
	 * @return the listener, or empty if there is none
	 */
	public Optional<StreamServer> findServer(String streamType) {
		return this.active.findServer(streamType);
	}

	/**
	 * Whether streams have started without a handler bean. Asked while beans are made, so
	 * that this waits for nobody.
	 * @param owner as its endpoint would name it
	 * @return {@code true} if handler beans have been looked for, and it was not found
	 */
	boolean hasMissed(String owner) {
		return this.running && this.source instanceof HandlerBeanEndpoints && !this.owners.contains(owner);
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// Events of child contexts, such as that of the management port, come here too
		if (event.getApplicationContext().equals(this.applicationContext)) {
			this.closing = true;
		}
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public synchronized void start() {
		if (this.running) {
			return;
		}
		this.changes.listener(this.follower);
		try {
			startAll();
		}
		catch (RuntimeException | Error ex) {
			this.changes.remove(this.follower);
			throw ex;
		}
		// It may have changed meanwhile
		follow();
	}

	private void startAll() {
		List<StreamHandlerEndpoint> all = List.copyOf(EndpointChecks.unique(this.source.endpoints()));
		this.owners = all.stream().map(StreamHandlerEndpoint::owner).collect(Collectors.toUnmodifiableSet());
		Policy policy = this.streamFactory.policy();
		if (policy == null) {
			logger.info("Handlers have no streams: what is in the place of the engine has no policy");
			this.running = true;
			return;
		}
		EnumMap<StreamPolicy.Role, List<StreamHandlerEndpoint>> byRole = new EnumMap<>(StreamPolicy.Role.class);
		for (StreamHandlerEndpoint endpoint : all) {
			if (isAwaited(endpoint, policy)) {
				await(endpoint);
				continue;
			}
			StreamPolicy.Role role = role(endpoint, policy);
			this.started.put(endpoint.streamType(), role);
			byRole.computeIfAbsent(role, (key) -> new ArrayList<>()).add(endpoint);
		}
		try {
			this.active.startAll(byRole);
		}
		catch (RuntimeException | Error ex) {
			forget();
			throw ex;
		}
		this.endpoints = all;
		this.running = true;
	}

	private boolean isAwaited(StreamHandlerEndpoint endpoint, Policy policy) {
		return !isProxied(endpoint, policy) && !policy.streamTypes().containsKey(endpoint.streamType())
				&& this.mayArrive.getAsBoolean();
	}

	/** What the proxy has turns out later. */
	private boolean isProxied(StreamHandlerEndpoint endpoint, Policy policy) {
		StreamPolicy own = policy.streamTypes().get(endpoint.streamType());
		return this.streamFactory.isProxied() && (own == null || own.role() == StreamPolicy.Role.CLIENT);
	}

	private StreamPolicy.Role role(StreamHandlerEndpoint endpoint, Policy policy) {
		return isProxied(endpoint, policy) ? StreamPolicy.Role.CLIENT : EndpointChecks.role(endpoint, policy);
	}

	private void await(StreamHandlerEndpoint endpoint) {
		this.waiting.add(endpoint.streamType());
		logger.warn("{} waits for a policy that has the streamtype", endpoint);
	}

	private void policyChanged() {
		if (EventLoopThread.isCurrent()) {
			// Listening waits, and so may who uses the common pool
			CompletableFuture.runAsync(this::follow, SecureStreamHandlerRegistry::aside).exceptionally((failure) -> {
				logger.error("Handlers do not follow the new policy", failure);
				return null;
			});
		}
		else {
			follow();
		}
	}

	private static void aside(Runnable task) {
		Thread thread = new Thread(task, "secure-streams-policy-change");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * The engine ends what has left the policy; what has come, or come back, or is
	 * something else now, starts.
	 */
	private synchronized void follow() {
		if (!this.running) {
			return;
		}
		Policy policy = this.streamFactory.policy();
		if (policy == null) {
			return;
		}
		for (StreamHandlerEndpoint endpoint : this.endpoints) {
			String name = endpoint.streamType();
			StreamPolicy.Role role = isProxied(endpoint, policy) ? StreamPolicy.Role.CLIENT
					: policy.streamType(name).map(StreamPolicy::role).orElse(null);
			if (role == this.started.get(name)) {
				continue;
			}
			this.started.remove(name);
			this.active.endSink(name);
			if (role == null) {
				await(endpoint);
			}
			else {
				begin(endpoint, policy);
			}
		}
	}

	private void begin(StreamHandlerEndpoint endpoint, Policy policy) {
		String name = endpoint.streamType();
		try {
			StreamPolicy.Role role = role(endpoint, policy);
			this.active.start(endpoint, role);
			this.started.put(name, role);
			this.waiting.remove(name);
		}
		catch (RuntimeException ex) {
			this.waiting.add(name);
			logger.error("{} does not start under the new policy", endpoint, ex);
		}
	}

	@Override
	public void stop() {
		EventLoopThread.refuse("stop()", "stop(callback)");
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		stop(() -> stopped.complete(null));
		stopped.join();
	}

	@Override
	public void stop(Runnable callback) {
		drain().whenComplete((nothing, failure) -> {
			if (failure != null) {
				logger.warn("Streams did not end properly", failure);
			}
			callback.run();
		});
	}

	private synchronized CompletableFuture<Void> drain() {
		if (!this.running) {
			return CompletableFuture.completedFuture(null);
		}
		this.running = false;
		this.changes.remove(this.follower);
		forget();
		if (this.closing && isOwnEngine() && this.streamFactory instanceof SecureStreams engine) {
			CompletionStage<Void> down = engine.shutdown(this.drainTimeout);
			// That of a mock is null
			CompletableFuture<Void> done = (down != null) ? down.toCompletableFuture()
					: CompletableFuture.completedFuture(null);
			return done.whenComplete((nothing, failure) -> this.active.clear());
		}
		// The engine stays, for the context may start again
		return this.active.drain(this.drainTimeout);
	}

	/** That of a parent goes on without this context. */
	private boolean isOwnEngine() {
		return this.applicationContext == null || this.applicationContext.getParent() == null
				|| this.applicationContext.getBeanNamesForType(StreamFactory.class, true, false).length > 0;
	}

	private synchronized void forget() {
		this.started.clear();
		this.waiting.clear();
	}

}
