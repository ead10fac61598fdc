package io.securestreams;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.securestreams.engine.local.EngineServices;
import io.securestreams.engine.local.StreamEngine;
import io.securestreams.engine.local.Transports;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.limits.ListenerLimits;
import io.securestreams.limits.MqttLimits;
import io.securestreams.limits.NetworkLimits;
import io.securestreams.limits.WebSocketLimits;
import io.securestreams.policy.Faults;
import io.securestreams.policy.Policy;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.client.ProxiedStreams;
import io.securestreams.proxy.client.ProxyClientSettings;
import io.securestreams.proxy.client.ProxyConnector;
import io.securestreams.proxy.server.ProxyServer;
import io.securestreams.proxy.server.ProxyServerSettings;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.observe.EventLoopThread;
import io.securestreams.stream.observe.StreamObserver;
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.stream.platform.TlsIdentities;
import io.securestreams.stream.platform.VirtualHost;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.system.auth.AuthSnapshot;
import io.securestreams.system.auth.Authentication;
import io.securestreams.system.auth.AwsKeySources;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.fault.FaultyTransports;
import io.securestreams.transport.http.HttpServices;
import io.securestreams.transport.http.cookie.CookieStore;
import io.securestreams.transport.http1.client.Http1TransportFactory;
import io.securestreams.transport.http1.server.Http1Server;
import io.securestreams.transport.http2.client.Http2TransportFactory;
import io.securestreams.transport.http2.server.Http2Server;
import io.securestreams.transport.local.FileAwareTransports;
import io.securestreams.transport.local.FileThreads;
import io.securestreams.transport.local.SinkTransport;
import io.securestreams.transport.loop.EventLoops;
import io.securestreams.transport.mqtt.MqttTransportFactory;
import io.securestreams.transport.raw.RawAdoption;
import io.securestreams.transport.raw.RawTransportFactory;
import io.securestreams.transport.serving.ServingTransportFactory;
import io.securestreams.transport.tls.TlsContexts;
import io.securestreams.transport.websocket.client.WebSocketTransportFactory;
import io.securestreams.transport.websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: owns threads, connections and the current policy. Built once, closed once.
 * May be used from any thread.
 */
public final class SecureStreams implements StreamFactory, AutoCloseable {

	/**
	 * One generator for all event loops, whose jitter has to differ, not to be secret.
	 */
	private static final RandomGenerator JITTER = () -> ThreadLocalRandom.current().nextLong();

	/** For streams to end that have been closed, beyond the time they have to drain. */
	private static final Duration ENDING = Duration.ofSeconds(5);

	private static final Logger log = LoggerFactory.getLogger(SecureStreams.class);

	private final StreamEngine engine;

	/** Makes client streams instead of the engine, if there is a proxy. */
	private final @Nullable ProxiedStreams proxied;

	private final TransportRuntime runtime;

	/** Lets go of what transports keep beyond streams. */
	private final Runnable release;

	private final SystemBlobs blobs;

	private final Authentication authentication;

	private final boolean faulty;

	private final List<ProxyServer> proxies = new CopyOnWriteArrayList<>();

	private final AtomicReference<@Nullable CompletableFuture<Void>> stopped = new AtomicReference<>();

	private SecureStreams(StreamEngine engine, @Nullable ProxiedStreams proxied, TransportRuntime runtime,
			Runnable release, SystemBlobs blobs, Authentication authentication, boolean faulty) {
		this.engine = engine;
		this.proxied = proxied;
		this.runtime = runtime;
		this.release = release;
		this.blobs = blobs;
		this.authentication = authentication;
		this.faulty = faulty;
	}

	/**
	 * Starts building an engine.
	 * @return a builder with defaults
	 */
	public static Builder builder() {
		return new Builder();
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		return create(streamType, handler, StreamOptions.DEFAULTS);
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		return (this.proxied != null && isForProxy(streamType)) ? this.proxied.create(streamType, handler, options)
				: this.engine.create(streamType, handler, options);
	}

	/** Sinks and their sources are in one process, and servers make no streams. */
	private boolean isForProxy(String streamType) {
		StreamPolicy own = policy().streamTypes().get(streamType);
		return own == null || own.role() == StreamPolicy.Role.CLIENT;
	}

	@Override
	public boolean isProxied() {
		return this.proxied != null;
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.engine.listen(streamType, handlers);
	}

	@Override
	public ListenerHold holdListeners() {
		return this.engine.holdListeners();
	}

	@Override
	public SinkRegistration registerSink(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.engine.registerSink(streamType, handlers);
	}

	/**
	 * Makes a raw client stream of a socket that is connected already: the handler sees
	 * {@code CREATING}, {@code CONNECTING}, {@code CONNECTED}, and from then on the
	 * stream is like any other, except that it has no other connection. When that ends,
	 * there is no retry: {@code DISCONNECTED}, {@code DESTROYING}. The policy's endpoint
	 * is not used.
	 * <p>
	 * Sockets of the JDK need an event loop that is driven by NIO. Where the others are
	 * not, the streams made here share one of their own, which is started with the first
	 * of them.
	 * @param streamType a name of the policy, with protocol {@code raw} and without TLS
	 * @param channel a connected TCP or unix socket, not registered with a selector; it
	 * is made non-blocking, and is the stream's to close unless this throws
	 * @param handler what receives the stream's events
	 * @return the stream
	 * @throws io.securestreams.stream.UnknownStreamTypeException if the policy has no
	 * such streamtype
	 * @throws SecureStreamsException if the streamtype is not a raw client's, or is to
	 * travel in TLS, or the socket is not connected
	 */
	public SecureStream adopt(String streamType, SocketChannel channel, StreamHandler handler) {
		return this.engine.adopt(streamType, handler, this.runtime.loops().nextNio(), RawAdoption.of(channel));
	}

	/**
	 * Serves clients in other processes, whose streams are fulfilled with the policy of
	 * this one. The calling thread waits until the addresses are bound.
	 * @param settings where and how
	 * @return the server, which ends with this engine at last
	 * @throws io.securestreams.stream.factory.StreamBindException if an address cannot be
	 * bound
	 * @throws SecureStreamsException if the identity for TLS is missing or cannot be used
	 * @throws IllegalStateException on an event loop
	 */
	public ProxyServer serveProxy(ProxyServerSettings settings) {
		ProxyServer server = ProxyServer.start(settings, this, this.runtime);
		this.proxies.add(server);
		if (this.stopped.get() != null) {
			server.shutdown(Duration.ZERO);
		}
		return server;
	}

	@Override
	public Collection<SecureStream> streams() {
		return (this.proxied == null) ? this.engine.streams()
				: Stream.concat(this.engine.streams().stream(), this.proxied.streams().stream()).toList();
	}

	@Override
	public Collection<StreamServer> servers() {
		return this.engine.servers();
	}

	/**
	 * Finds a live stream.
	 * @param id see {@link SecureStream#id()}
	 * @return the stream, or empty if there is none
	 */
	public Optional<SecureStream> stream(String id) {
		return streams().stream().filter((stream) -> stream.id().equals(id)).findFirst();
	}

	@Override
	public Policy policy() {
		return this.engine.policy();
	}

	/**
	 * Replaces the policy. New streams use it at once, live ones from their next
	 * connection on. A stream whose streamtype is not in it any more finishes what it
	 * does and ends; {@link SecureStream#lastFailure()} says why. A listener stays as it
	 * is unless its streamtype says something else: then it is bound anew, and the
	 * streams it has accepted stay. An equal policy changes nothing.
	 * @param change gives the new policy from the current one; called again if another
	 * change has come in between; if it throws, the current one stays
	 */
	public void updatePolicy(UnaryOperator<Policy> change) {
		this.engine.updatePolicy(change);
	}

	/**
	 * Announces {@link io.securestreams.stream.StreamState#EVENT_WAIT_CANCELLED} on every
	 * live stream, on its event loop. Calls that come before the first is served count as
	 * one.
	 */
	public void wake() {
		this.engine.wake();
		if (this.proxied != null) {
			this.proxied.wake();
		}
	}

	/**
	 * Returns the system blobs.
	 * @return shared with all streams; changes count from the next connection on
	 */
	public SystemBlobs blobs() {
		return this.blobs;
	}

	/**
	 * Tells how the authentication schemes of the policy stand, such as how long a token
	 * is valid. No secret is in it.
	 * @return one for each scheme
	 */
	public List<AuthSnapshot> authentication() {
		return this.authentication.snapshot();
	}

	/**
	 * Tells what goes wrong on purpose.
	 * @return faults by client streamtype; empty unless they are allowed
	 */
	public Map<String, Faults> faults() {
		Map<String, Faults> faults = new LinkedHashMap<>();
		policy().streamTypes().forEach((name, stream) -> {
			if (this.faulty && stream.role() == StreamPolicy.Role.CLIENT
					&& !stream.features().faults().equals(Faults.NONE)) {
				faults.put(name, stream.features().faults());
			}
		});
		return faults;
	}

	@Override
	public List<EventLoopState> eventLoops() {
		return this.runtime.loops().states();
	}

	/**
	 * Ends every stream and listener: no new connections, transactions in flight may
	 * finish, then what is still open is closed and the event loops stop. That takes no
	 * longer than {@code drain} and ten seconds, whatever handlers do.
	 * @param drain most time for transactions in flight
	 * @return completes when everything is gone
	 */
	public CompletionStage<Void> shutdown(Duration drain) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		if (!this.stopped.compareAndSet(null, done)) {
			CompletableFuture<Void> earlier = Objects.requireNonNull(this.stopped.get());
			if (drain.isZero()) {
				end(drain);
			}
			return earlier;
		}
		bounded(end(drain), drain).thenCompose((nothing) -> {
			this.release.run();
			this.runtime.close();
			return this.runtime.loops().shutdown();
		}).whenComplete((nothing, failure) -> {
			if (failure != null) {
				done.completeExceptionally(failure);
			}
			else {
				done.complete(null);
			}
		});
		return done;
	}

	private CompletionStage<Void> end(Duration drain) {
		// Before its streams end, for their clients are to hear of it no sooner
		this.proxies.forEach((proxy) -> proxy.shutdown(drain));
		CompletionStage<Void> ended = this.engine.shutdown(drain);
		return (this.proxied == null) ? ended : ended.thenCombine(this.proxied.shutdown(drain), (one, other) -> one);
	}

	/** A handler that does not return keeps its streams from ending. */
	private static CompletableFuture<Void> bounded(CompletionStage<Void> ended, Duration drain) {
		Duration most = drain.isNegative() ? ENDING : drain.plus(ENDING);
		return ended.toCompletableFuture().copy().completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * As {@link #shutdown} without time to drain, and waits for the end.
	 * @throws IllegalStateException on an event loop, where {@code shutdown} is what to
	 * call
	 */
	@Override
	public void close() {
		CompletableFuture<Void> earlier = this.stopped.get();
		if (earlier == null || !earlier.isDone()) {
			EventLoopThread.refuse("close()", "shutdown(Duration.ZERO)");
		}
		shutdown(Duration.ZERO).toCompletableFuture().join();
	}

	/**
	 * Collects what an engine is made of.
	 */
	public static final class Builder {

		private Policy policy = Policy.EMPTY;

		private SystemBlobs blobs = new SystemBlobs();

		private @Nullable AwsKeySources awsKeys;

		private boolean faults;

		private TlsIdentities tlsIdentities = TlsIdentities.NONE;

		private boolean legacyCertificates;

		private @Nullable Socks5Proxy socks5;

		private boolean socks5FromEnvironment = true;

		private NetworkLimits network = NetworkLimits.DEFAULTS;

		private WakeLock wakeLock = WakeLock.NONE;

		private int eventLoopThreads;

		private Duration blockedAfter = EventLoops.BLOCKED_AFTER;

		private Transport transport = Transport.AUTO;

		private HttpClientLimits httpClient = HttpClientLimits.DEFAULTS;

		private HttpServerLimits httpServer = HttpServerLimits.DEFAULTS;

		private WebSocketLimits webSocket = WebSocketLimits.DEFAULTS;

		private MqttLimits mqtt = MqttLimits.DEFAULTS;

		private ListenerLimits listener = ListenerLimits.DEFAULTS;

		private @Nullable ProxyClientSettings proxy;

		private final List<VirtualHost> virtualHosts = new ArrayList<>();

		private final List<StreamObserver> observers = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Sets the policy.
		 * @param policy the policy; default: one without streamtypes
		 * @return this builder
		 */
		public Builder policy(Policy policy) {
			this.policy = policy;
			return this;
		}

		/**
		 * Sets the number of event loop threads.
		 * @param threads 0 (the default) means one per core
		 * @return this builder
		 */
		public Builder eventLoopThreads(int threads) {
			this.eventLoopThreads = threads;
			return this;
		}

		/**
		 * Sets how long an event loop may do one thing, as a handler that does not
		 * return, before that is logged and {@link SecureStreams#eventLoops()} says so.
		 * @param blockedAfter default: 5 s; zero for as long as it likes
		 * @return this builder
		 */
		public Builder eventLoopBlockedAfter(Duration blockedAfter) {
			this.blockedAfter = blockedAfter;
			return this;
		}

		/**
		 * Sets how sockets are driven.
		 * @param transport default: {@link Transport#AUTO}; another one fails if it is
		 * not available
		 * @return this builder
		 */
		public Builder transport(Transport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Sets the system blobs.
		 * @param blobs shared with the caller, who may change them later
		 * @return this builder
		 */
		public Builder blobs(SystemBlobs blobs) {
			this.blobs = blobs;
			return this;
		}

		/**
		 * Sets where access keys of AWS are looked for when the blobs have none.
		 * @param sources default: the environment and the shared credentials file, as
		 * {@link AwsKeySources#of} says; looked at only for streamtypes whose
		 * {@code use_auth} is of type {@code sigv4}
		 * @return this builder
		 */
		public Builder awsKeys(AwsKeySources sources) {
			this.awsKeys = sources;
			return this;
		}

		/**
		 * Sets whether the policy may have faults on purpose, to rehearse outages.
		 * @param allowed {@code true} for policy key {@code faults} to have an effect;
		 * default: {@code false}
		 * @return this builder
		 */
		public Builder faults(boolean allowed) {
			this.faults = allowed;
			return this;
		}

		/**
		 * Sets keys and trust from outside the policy.
		 * @param identities the source; default: none, and the JDK's trust
		 * @return this builder
		 */
		public Builder tlsIdentities(TlsIdentities identities) {
			this.tlsIdentities = identities;
			return this;
		}

		/**
		 * Sets whether peers may have certificates that RFC 9325 section 4.5 forbids.
		 * @param allow {@code true} to put up with signatures with SHA-1 and RSA keys of
		 * less than 2048 bits; default: {@code false}
		 * @return this builder
		 */
		public Builder legacyCertificates(boolean allow) {
			this.legacyCertificates = allow;
			return this;
		}

		/**
		 * Sets the SOCKS5 proxy for client streams whose policy names none. Unless this
		 * is called, it is what the environment variable {@code socks_proxy} says, see
		 * {@link Socks5Proxy#fromEnvironment}.
		 * @param socks5 the proxy, or {@code null} for none
		 * @return this builder
		 */
		public Builder socks5(@Nullable Socks5Proxy socks5) {
			this.socks5 = socks5;
			this.socks5FromEnvironment = false;
			return this;
		}

		/**
		 * Sets the limits of connecting. How many connections are accepted is
		 * {@link #listener}'s.
		 * @param settings time limits, name servers; default:
		 * {@link NetworkLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder network(NetworkLimits settings) {
			this.network = settings;
			return this;
		}

		/**
		 * Sets what keeps the system awake for streamtypes with {@code swake_validity}.
		 * @param wakeLock the lock; default: one without effect
		 * @return this builder
		 */
		public Builder wakeLock(WakeLock wakeLock) {
			this.wakeLock = wakeLock;
			return this;
		}

		/**
		 * Sets the limits of HTTP client streams, {@code h1} and {@code h2}.
		 * @param limits default: {@link HttpClientLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder httpClient(HttpClientLimits limits) {
			this.httpClient = limits;
			return this;
		}

		/**
		 * Sets the limits of HTTP listeners.
		 * @param limits default: {@link HttpServerLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder httpServer(HttpServerLimits limits) {
			this.httpServer = limits;
			return this;
		}

		/**
		 * Sets the limits of WebSocket streams.
		 * @param limits default: {@link WebSocketLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder webSocket(WebSocketLimits limits) {
			this.webSocket = limits;
			return this;
		}

		/**
		 * Sets the limits of MQTT streams.
		 * @param limits default: {@link MqttLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder mqtt(MqttLimits limits) {
			this.mqtt = limits;
			return this;
		}

		/**
		 * Sets how many connections listeners accept, whatever their protocol.
		 * @param limits default: {@link ListenerLimits#DEFAULTS}
		 * @return this builder
		 */
		public Builder listener(ListenerLimits limits) {
			this.listener = limits;
			return this;
		}

		/**
		 * Has a proxy fulfil all client streams, which need no policy here then; a policy
		 * that is set nevertheless counts for servers and local sinks.
		 * @param settings how the proxy is reached, or {@code null} for no proxy (the
		 * default)
		 * @return this builder
		 */
		public Builder proxy(@Nullable ProxyClientSettings settings) {
			this.proxy = settings;
			return this;
		}

		/**
		 * Adds a listener that server streamtypes join with endpoint {@code !name}.
		 * @param host the listener
		 * @return this builder
		 */
		public Builder virtualHost(VirtualHost host) {
			this.virtualHosts.add(host);
			return this;
		}

		/**
		 * Adds an observer of all streams.
		 * @param observer the observer
		 * @return this builder
		 */
		public Builder observer(StreamObserver observer) {
			this.observers.add(observer);
			return this;
		}

		/**
		 * Makes the engine and starts its threads.
		 * @return the engine
		 * @throws SecureStreamsException if the transport is not available, or the
		 * environment's {@code socks_proxy} cannot be understood
		 */
		public SecureStreams build() {
			Socks5Proxy proxy = this.socks5FromEnvironment ? environmentProxy() : this.socks5;
			EventLoops loops = EventLoops.create(this.transport.key(), this.eventLoopThreads, this.blockedAfter);
			TransportRuntime runtime = new TransportRuntime(loops,
					new TlsContexts(this.tlsIdentities, this.blobs, this.legacyCertificates), this.blobs, this.network,
					this.listener, this.virtualHosts);
			FileThreads files = new FileThreads();
			AtomicReference<@Nullable StreamEngine> engine = new AtomicReference<>();
			AwsKeySources keys = (this.awsKeys != null) ? this.awsKeys
					: AwsKeySources.of(System.getenv(), System.getProperty("user.home"));
			Authentication authentication = new Authentication(this.blobs, () -> Objects.requireNonNull(engine.get()),
					keys, files, InstantSource.system(), JITTER);
			// One cookie store for all of HTTP; ridesharing looks its streamtypes up
			HttpServices services = new HttpServices(this.blobs, new CookieStore(this.httpClient.cookies()),
					(name) -> Objects.requireNonNull(engine.get()).policy().streamTypes().get(name), this.httpClient,
					authentication);
			Http1TransportFactory http1 = new Http1TransportFactory(runtime, services);
			Http2TransportFactory http2 = new Http2TransportFactory(runtime, http1, services);
			WebSocketServer webSockets = new WebSocketServer(this.webSocket);
			RawTransportFactory raw = new RawTransportFactory(runtime);
			WebSocketTransportFactory clientSockets = new WebSocketTransportFactory(runtime, http2, services,
					this.webSocket);
			MqttTransportFactory mqtts = new MqttTransportFactory(runtime, clientSockets, this.mqtt, JITTER);
			List<StreamTransportFactory> clients = Stream.of(http1, http2, clientSockets, raw, mqtts)
				.<StreamTransportFactory>map(
						(network) -> new FaultyTransports(new FileAwareTransports(network, files), this.faults))
				.toList();
			ServingTransportFactory serving = new ServingTransportFactory(runtime,
					new Http1Server(this.httpServer, webSockets), new Http2Server(this.httpServer, webSockets),
					this.httpServer);
			Transports transports = new Transports(clients, List.of(serving, raw));
			StreamEngine started = new StreamEngine(this.policy, loops, transports, JITTER, this.observers, proxy,
					new EngineServices(SinkTransport::pair, this.wakeLock));
			engine.set(started);
			ProxyClientSettings settings = this.proxy;
			ProxyConnector links = (settings != null) ? new ProxyConnector(settings, proxy, loops, this.network) : null;
			ProxiedStreams proxied = (links != null) ? new ProxiedStreams(links, loops, JITTER, this.observers) : null;
			loops.calling((loop) -> (proxied == null) ? started.calling(loop)
					: Stream.concat(started.calling(loop).stream(), proxied.calling(loop).stream()).toList());
			log.info("Sockets are driven by {}, TLS is that of {}", loops.transportName(), TlsContexts.providerName());
			return new SecureStreams(started, proxied, runtime, () -> {
				http2.close();
				mqtts.close();
				files.close();
				if (links != null) {
					links.close();
				}
			}, this.blobs, authentication, this.faults);
		}

		private static @Nullable Socks5Proxy environmentProxy() {
			try {
				return Socks5Proxy.fromEnvironment(System.getenv());
			}
			catch (IllegalArgumentException ex) {
				throw new SecureStreamsException(String.valueOf(ex.getMessage()), ex);
			}
		}

	}

}
