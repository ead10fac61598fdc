package io.securestreams;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.securestreams.engine.local.StreamEngine;
import io.securestreams.policy.Faults;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.proxy.client.ProxiedStreams;
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
import io.securestreams.stream.platform.SystemBlobs;
import io.securestreams.system.auth.AuthSnapshot;
import io.securestreams.system.auth.Authentication;
import io.securestreams.transport.TransportRuntime;
import io.securestreams.transport.raw.RawAdoption;
import org.jspecify.annotations.Nullable;

/**
 * The engine: owns threads, connections and the current policy. Built once, closed once.
 * May be used from any thread.
 */
public final class SecureStreams implements StreamFactory, AutoCloseable {

	private final StreamEngine engine;

	/** Makes client streams instead of the engine, if there is a proxy. */
	private final @Nullable ProxiedStreams proxied;

	private final TransportRuntime runtime;

	private final SystemBlobs blobs;

	private final Authentication authentication;

	private final boolean faulty;

	private final EngineEnd end;

	SecureStreams(StreamEngine engine, @Nullable ProxiedStreams proxied, TransportRuntime runtime, Runnable release,
			SystemBlobs blobs, Authentication authentication, boolean faulty) {
		this.engine = engine;
		this.proxied = proxied;
		this.runtime = runtime;
		this.blobs = blobs;
		this.authentication = authentication;
		this.faulty = faulty;
		this.end = new EngineEnd(engine, proxied, runtime, release);
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
		this.end.add(server);
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
		return this.end.shutdown(drain);
	}

	/**
	 * As {@link #shutdown} without time to drain, and waits for the end.
	 * @throws IllegalStateException on an event loop, where {@code shutdown} is what to
	 * call
	 */
	@Override
	public void close() {
		if (!this.end.isReached()) {
			EventLoopThread.refuse("close()", "shutdown(Duration.ZERO)");
		}
		shutdown(Duration.ZERO).toCompletableFuture().join();
	}

	/**
	 * Collects what an engine is made of.
	 */
	public static final class Builder extends SecureStreamsOptions<Builder> {

		private Builder() {
		}

		@Override
		Builder self() {
			return this;
		}

		/**
		 * Makes the engine and starts its threads.
		 * @return the engine
		 * @throws SecureStreamsException if the transport is not available, or the
		 * environment's {@code socks_proxy} cannot be understood
		 */
		public SecureStreams build() {
			return EngineAssembly.assemble(this);
		}

	}

}
