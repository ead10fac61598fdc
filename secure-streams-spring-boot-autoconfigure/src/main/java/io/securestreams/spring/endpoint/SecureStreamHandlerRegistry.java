package io.securestreams.spring.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.securestreams.SecureStreams;
import io.securestreams.policy.MetadataDeclaration;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.SinkRegistration;
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
 * closed, after the web server has finished its requests. When the context closes, the
 * whole engine is shut down in the same way.
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

	private final Map<String, SecureStream> streams = new ConcurrentHashMap<>();

	private final Map<String, StreamServer> servers = new ConcurrentHashMap<>();

	private final List<SinkRegistration> sinks = new CopyOnWriteArrayList<>();

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
		this.streamFactory = streamFactory;
		this.source = source;
		this.drainTimeout = drainTimeout;
	}

	/**
	 * Returns the stream of a handler for a client streamtype.
	 * @param streamType the streamtype
	 * @return the stream; ended if the application has closed it
	 * @throws IllegalStateException if no handler is registered for it, or streams are
	 * not running
	 */
	public SecureStream stream(String streamType) {
		return findStream(streamType)
			.orElseThrow(() -> new IllegalStateException("no client stream of streamtype \"" + streamType
					+ "\" is running (there are: " + String.join(", ", new TreeSet<>(this.streams.keySet())) + ")"));
	}

	/**
	 * Finds the stream of a handler for a client streamtype.
	 * @param streamType the streamtype
	 * @return the stream, or empty if there is none
	 */
	public Optional<SecureStream> findStream(String streamType) {
		return Optional.ofNullable(this.streams.get(streamType));
	}

	/**
	 * Returns the listener of a handler for a server streamtype.
	 * @param streamType the streamtype
	 * @return the listener
	 * @throws IllegalStateException if no handler is registered for it, or listeners are
	 * not running
	 */
	public StreamServer server(String streamType) {
		return findServer(streamType)
			.orElseThrow(() -> new IllegalStateException("no listener of streamtype \"" + streamType
					+ "\" is running (there are: " + String.join(", ", new TreeSet<>(this.servers.keySet())) + ")"));
	}

	/**
	 * Finds the listener of a handler for a server streamtype.
	 * @param streamType the streamtype
	 * @return the listener, or empty if there is none
	 */
	public Optional<StreamServer> findServer(String streamType) {
		return Optional.ofNullable(this.servers.get(streamType));
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
		Collection<StreamHandlerEndpoint> endpoints = unique(this.source.endpoints());
		Policy policy = this.streamFactory.policy();
		List<StreamHandlerEndpoint> clients = new ArrayList<>();
		List<StreamHandlerEndpoint> listeners = new ArrayList<>();
		List<StreamHandlerEndpoint> sinkEndpoints = new ArrayList<>();
		for (StreamHandlerEndpoint endpoint : endpoints) {
			switch (check(endpoint, policy)) {
				case CLIENT -> clients.add(endpoint);
				case SERVER -> listeners.add(endpoint);
				case LOCAL_SINK -> sinkEndpoints.add(endpoint);
			}
		}
		try {
			// Sinks and listeners first, for sources and clients of the same process
			sinkEndpoints.forEach((endpoint) -> this.sinks.add(registerSink(endpoint)));
			listenTogether(listeners);
			clients.forEach((endpoint) -> this.streams.put(endpoint.streamType(), create(endpoint)));
		}
		catch (RuntimeException | Error ex) {
			closeAll();
			throw ex;
		}
		this.running = true;
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
		if (this.closing && this.streamFactory instanceof SecureStreams engine) {
			return engine.shutdown(this.drainTimeout).toCompletableFuture().whenComplete((nothing, failure) -> {
				this.streams.clear();
				this.servers.clear();
				this.sinks.clear();
			});
		}
		// The engine stays, for the context may start again
		ListenerHold hold = this.streamFactory.holdListeners();
		CompletableFuture<?>[] drained = this.servers.values()
			.stream()
			.map((server) -> server.drain(this.drainTimeout).toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(drained).whenComplete((nothing, failure) -> {
			hold.close();
			closeAll();
		});
	}

	/** Those that share a socket serve when all of them are there. */
	private void listenTogether(List<StreamHandlerEndpoint> listeners) {
		ListenerHold hold = this.streamFactory.holdListeners();
		try {
			listeners.forEach((endpoint) -> this.servers.put(endpoint.streamType(), listen(endpoint)));
		}
		finally {
			hold.close();
		}
	}

	private StreamServer listen(StreamHandlerEndpoint endpoint) {
		try {
			return this.streamFactory.listen(endpoint.streamType(), endpoint.handlers());
		}
		catch (SecureStreamsException ex) {
			throw registration(endpoint, ex);
		}
	}

	private SinkRegistration registerSink(StreamHandlerEndpoint endpoint) {
		try {
			return this.streamFactory.registerSink(endpoint.streamType(), endpoint.handlers());
		}
		catch (SecureStreamsException ex) {
			throw registration(endpoint, ex);
		}
	}

	private SecureStream create(StreamHandlerEndpoint endpoint) {
		StreamHandler handler = endpoint.handlers().get();
		try {
			return this.streamFactory.create(endpoint.streamType(), handler);
		}
		catch (SecureStreamsException ex) {
			throw registration(endpoint, ex);
		}
	}

	private void closeAll() {
		this.streams.values().forEach(SecureStream::close);
		this.streams.clear();
		this.servers.values().forEach(StreamServer::close);
		this.servers.clear();
		this.sinks.forEach(SinkRegistration::close);
		this.sinks.clear();
	}

	private static Collection<StreamHandlerEndpoint> unique(List<StreamHandlerEndpoint> endpoints) {
		Map<String, StreamHandlerEndpoint> byStreamType = new LinkedHashMap<>();
		for (StreamHandlerEndpoint endpoint : endpoints) {
			StreamHandlerEndpoint other = byStreamType.put(endpoint.streamType(), endpoint);
			if (other != null) {
				throw new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
						"it has a handler already, " + other.owner() + " (expected: one handler for each streamtype)",
						null);
			}
		}
		return byStreamType.values();
	}

	private StreamPolicy.Role check(StreamHandlerEndpoint endpoint, Policy policy) {
		StreamPolicy own = policy.streamTypes().get(endpoint.streamType());
		if (this.streamFactory.isProxied() && (own == null || own.role() == StreamPolicy.Role.CLIENT)) {
			// What the proxy has turns out later
			return StreamPolicy.Role.CLIENT;
		}
		StreamPolicy streamPolicy = policy.streamType(endpoint.streamType())
			.orElseThrow(() -> registration(endpoint,
					new UnknownStreamTypeException(endpoint.streamType(), List.copyOf(policy.streamTypes().keySet()))));
		List<String> declared = streamPolicy.metadata().stream().map(MetadataDeclaration::name).toList();
		for (String name : endpoint.metadata()) {
			if (!declared.contains(name) && !streamPolicy.features().directHeaders()) {
				throw new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
						"the policy declares no metadata \"" + name + "\" (expected: one of " + declared + ")", null);
			}
		}
		return streamPolicy.role();
	}

	private static StreamHandlerRegistrationException registration(StreamHandlerEndpoint endpoint,
			RuntimeException cause) {
		return new StreamHandlerRegistrationException(endpoint.owner(), endpoint.streamType(),
				String.valueOf(cause.getMessage()), cause);
	}

}
