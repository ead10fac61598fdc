package io.securestreams.spring.endpoint;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * The streams, listeners and sinks of endpoints, by streamtype: starts them, finds them
 * and ends them. Looked up from any thread; started and ended by one at a time.
 */
final class RunningEndpoints {

	private final StreamFactory streamFactory;

	private final Map<String, SecureStream> streams = new ConcurrentHashMap<>();

	private final Map<String, StreamServer> servers = new ConcurrentHashMap<>();

	private final Map<String, SinkRegistration> sinks = new ConcurrentHashMap<>();

	/** Of the last end; used by whoever starts and ends, one after the other. */
	private ListenerHold draining = () -> {
	};

	RunningEndpoints(StreamFactory streamFactory) {
		this.streamFactory = streamFactory;
	}

	SecureStream stream(String streamType) {
		return findStream(streamType).orElseThrow(() -> missing("client stream", streamType, this.streams));
	}

	Optional<SecureStream> findStream(String streamType) {
		return Optional.ofNullable(this.streams.get(streamType));
	}

	StreamServer server(String streamType) {
		return findServer(streamType).orElseThrow(() -> missing("listener", streamType, this.servers));
	}

	Optional<StreamServer> findServer(String streamType) {
		return Optional.ofNullable(this.servers.get(streamType));
	}

	private static IllegalStateException missing(String what, String streamType, Map<String, ?> running) {
		return new IllegalStateException("no " + what + " of streamtype \"" + streamType + "\" is running (there are: "
				+ String.join(", ", new TreeSet<>(running.keySet())) + ")");
	}

	/**
	 * Starts all, or none: sinks and listeners first, for sources and clients of the same
	 * process.
	 * @param endpoints what to start, by role
	 */
	void startAll(EnumMap<StreamPolicy.Role, List<StreamHandlerEndpoint>> endpoints) {
		try {
			startEach(endpoints, StreamPolicy.Role.LOCAL_SINK);
			// Those that share a socket serve when all of them are there
			ListenerHold hold = hold();
			// Whoever has not ended by now does not keep the others from serving
			this.draining.close();
			try {
				startEach(endpoints, StreamPolicy.Role.SERVER);
			}
			finally {
				hold.close();
			}
			startEach(endpoints, StreamPolicy.Role.CLIENT);
		}
		catch (RuntimeException | Error ex) {
			closeAll();
			throw ex;
		}
	}

	private void startEach(EnumMap<StreamPolicy.Role, List<StreamHandlerEndpoint>> endpoints, StreamPolicy.Role role) {
		endpoints.getOrDefault(role, List.of()).forEach((endpoint) -> start(endpoint, role));
	}

	void start(StreamHandlerEndpoint endpoint, StreamPolicy.Role role) {
		String name = endpoint.streamType();
		StreamHandler handler = (role == StreamPolicy.Role.CLIENT) ? endpoint.handlers().get() : null;
		try {
			if (handler != null) {
				put(this.streams, name, this.streamFactory.create(name, handler));
			}
			else if (role == StreamPolicy.Role.SERVER) {
				put(this.servers, name, this.streamFactory.listen(name, endpoint.handlers()));
			}
			else {
				put(this.sinks, name, this.streamFactory.registerSink(name, endpoint.handlers()));
			}
		}
		catch (SecureStreamsException ex) {
			throw EndpointChecks.registration(endpoint, ex);
		}
	}

	/** Mocks, which a test may have in the place of the engine, make nothing. */
	private static <T> void put(Map<String, T> running, String name, @Nullable T made) {
		if (made != null) {
			running.put(name, made);
		}
	}

	private ListenerHold hold() {
		ListenerHold hold = this.streamFactory.holdListeners();
		return (hold != null) ? hold : () -> {
		};
	}

	/** The engine ends streams and listeners that have left the policy, not sinks. */
	void endSink(String streamType) {
		SinkRegistration sink = this.sinks.remove(streamType);
		if (sink != null) {
			sink.close();
		}
	}

	/**
	 * Ends all: transactions of servers may finish.
	 * @param most most time for them
	 * @return completes when everything has ended
	 */
	CompletableFuture<Void> drain(Duration most) {
		ListenerHold hold = hold();
		this.draining = hold;
		// Others may have been started before these have ended
		Map<String, SecureStream> oldStreams = Map.copyOf(this.streams);
		Map<String, StreamServer> oldServers = Map.copyOf(this.servers);
		Map<String, SinkRegistration> oldSinks = Map.copyOf(this.sinks);
		CompletableFuture<?>[] drained = oldServers.values()
			.stream()
			.map((server) -> server.drain(most).toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(drained).whenComplete((nothing, failure) -> {
			hold.close();
			end(this.streams, oldStreams, SecureStream::close);
			end(this.servers, oldServers, StreamServer::close);
			end(this.sinks, oldSinks, SinkRegistration::close);
		});
	}

	private void closeAll() {
		end(this.streams, Map.copyOf(this.streams), SecureStream::close);
		end(this.servers, Map.copyOf(this.servers), StreamServer::close);
		end(this.sinks, Map.copyOf(this.sinks), SinkRegistration::close);
	}

	private static <T> void end(Map<String, T> running, Map<String, T> former, Consumer<T> end) {
		former.values().forEach(end);
		former.forEach(running::remove);
	}

	/** All of it has ended. */
	void clear() {
		this.streams.clear();
		this.servers.clear();
		this.sinks.clear();
	}

}
