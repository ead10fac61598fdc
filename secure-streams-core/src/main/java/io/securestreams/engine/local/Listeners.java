package io.securestreams.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ListenerFactory;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.StreamDirectory;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.EventLoopThread;

/**
 * Makes the listeners of an engine and knows those that are alive. May be used from any
 * thread.
 */
final class Listeners {

	private final StreamEngine engine;

	private final TransportTable<ListenerFactory> factories;

	private final StreamDirectory<ListeningServer> servers = new StreamDirectory<>();

	Listeners(StreamEngine engine, List<ListenerFactory> factories) {
		this.engine = engine;
		this.factories = TransportTable.ofListeners(factories);
	}

	StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		Policy current = this.engine.policy();
		StreamPolicy streamPolicy = StreamEngine.find(current, streamType);
		if (streamPolicy.role() != StreamPolicy.Role.SERVER) {
			throw new SecureStreamsException("streamtype \"" + streamType
					+ "\" is not a server's (expected: \"server\": true, or create() instead of listen())");
		}
		ListenerFactory factory = this.factories.find(streamPolicy);
		if (factory == null) {
			throw new SecureStreamsException(notServed(streamPolicy));
		}
		EventLoopThread.refuse("listen(\"" + streamType + "\")", "another thread, CompletableFuture.runAsync(…)");
		StreamExecutor executor = this.engine.settings().executors().next();
		if (executor.inContext()) {
			throw new IllegalStateException("listen() waits, so it must not be called on an event loop");
		}
		if (this.servers.isSealed()) {
			throw StreamEngine.shutDown();
		}
		ListeningServer server = new ListeningServer(StreamName.next(streamType), this.engine, current, streamPolicy,
				handlers, executor);
		server.bind(factory);
		if (this.servers.isSealed()) {
			server.close();
			throw StreamEngine.shutDown();
		}
		if (this.engine.policy() != current) {
			// It has changed while the listener was not known yet
			server.policyChanged();
		}
		return server;
	}

	/** Sockets that are shared begin to serve when the hold is closed. */
	ListenerHold hold() {
		List<Runnable> releases = new ArrayList<>();
		this.factories.all().forEach((factory) -> releases.add(factory.hold()));
		AtomicBoolean released = new AtomicBoolean();
		return () -> {
			if (released.compareAndSet(false, true)) {
				releases.forEach(Runnable::run);
			}
		};
	}

	Collection<StreamServer> all() {
		return List.copyOf(this.servers.copy());
	}

	/** The streams of all, and others, oldest first. */
	List<ManagedStream<PolicyFulfilment>> alive(StreamDirectory<ManagedStream<PolicyFulfilment>> others) {
		return Stream
			.concat(others.unordered().stream(),
					this.servers.unordered().stream().flatMap((server) -> server.accepted().stream()))
			.sorted(Comparator.comparingLong(StreamName::serial))
			.toList();
	}

	void add(StreamName name, ListeningServer server) {
		this.servers.add(name, server);
	}

	void remove(StreamName name) {
		this.servers.remove(name);
	}

	@Nullable ListenerFactory factory(StreamPolicy streamPolicy) {
		return this.factories.find(streamPolicy);
	}

	String notServed(StreamPolicy streamPolicy) {
		return this.factories.notAvailable(streamPolicy);
	}

	void policyChanged() {
		this.servers.copy().forEach(ListeningServer::policyChanged);
	}

	/**
	 * From now on there are no new ones.
	 * @return completes when the last has gone
	 */
	CompletionStage<Void> seal() {
		return this.servers.seal();
	}

	/**
	 * Ends all.
	 * @param drain most time for transactions in flight
	 */
	void end(Duration drain) {
		boolean wait = !drain.isZero() && !drain.isNegative();
		for (ListeningServer server : this.servers.copy()) {
			if (wait) {
				server.drain(drain);
			}
			else {
				server.close();
			}
		}
	}

}
