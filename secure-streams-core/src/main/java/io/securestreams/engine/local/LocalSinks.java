package io.securestreams.engine.local;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.securestreams.engine.spi.LocalPair;
import io.securestreams.engine.spi.ReadyTransport;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.policy.Policy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.stream.observe.EventLoopThread;

/**
 * The local sinks there are, and how sources join them. From any thread.
 */
final class LocalSinks {

	private final StreamEngine engine;

	private final Supplier<LocalPair> pairs;

	private final ConcurrentMap<String, Sink> sinks = new ConcurrentHashMap<>();

	LocalSinks(StreamEngine engine, Supplier<LocalPair> pairs) {
		this.engine = engine;
		this.pairs = pairs;
	}

	SinkRegistration register(StreamPolicy policy, Supplier<? extends StreamHandler> handlers) {
		String streamType = policy.name();
		if (policy.role() != StreamPolicy.Role.LOCAL_SINK) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" is not a local sink's (expected: \"local_sink\": true)");
		}
		Sink sink = new Sink(streamType, handlers);
		if (this.sinks.putIfAbsent(streamType, sink) != null) {
			throw new SecureStreamsException("streamtype \"" + streamType
					+ "\" has a sink already (expected: one at a time, close() its registration before)");
		}
		return sink;
	}

	/**
	 * Makes a source and the end of the sink it talks to, both on one event loop. What
	 * the sink says to it has to be known before this returns, so it waits for the event
	 * loop if it is not called on one.
	 */
	SecureStream join(Policy origin, StreamPolicy policy, StreamHandler handler) {
		Sink sink = this.sinks.get(policy.name());
		if (sink == null) {
			throw new SecureStreamsException("streamtype \"" + policy.name()
					+ "\" has no sink that a source could join (expected: registerSink() before create())");
		}
		StreamExecutor executor = this.engine.settings().executors().next();
		if (executor.inContext()) {
			return sink.join(origin, policy, handler, executor);
		}
		EventLoopThread.refuse("create(\"" + policy.name() + "\") of another engine",
				"an event loop of the sink's engine");
		CompletableFuture<SecureStream> joined = new CompletableFuture<>();
		try {
			executor.execute(() -> {
				try {
					joined.complete(sink.join(origin, policy, handler, executor));
				}
				catch (Throwable ex) {
					joined.completeExceptionally(ex);
				}
			});
			return joined.join();
		}
		catch (RejectedExecutionException ex) {
			throw StreamEngine.shutDown();
		}
		catch (CompletionException ex) {
			// Thrown on another thread: the caller wants to see its own as well
			String message = (ex.getCause() instanceof SecureStreamsException known) ? known.getMessage()
					: "streamtype \"" + policy.name() + "\": the sink could not be joined: " + ex.getCause();
			throw new SecureStreamsException(String.valueOf(message), ex.getCause());
		}
	}

	/**
	 * One registration.
	 */
	private final class Sink implements SinkRegistration {

		private final String streamType;

		private final Supplier<? extends StreamHandler> handlers;

		private final AtomicInteger joined = new AtomicInteger();

		Sink(String streamType, Supplier<? extends StreamHandler> handlers) {
			this.streamType = streamType;
			this.handlers = handlers;
		}

		/** On the executor. */
		SecureStream join(Policy origin, StreamPolicy policy, StreamHandler handler, StreamExecutor executor) {
			StreamEngine engine = LocalSinks.this.engine;
			LocalPair pair = LocalSinks.this.pairs.get();
			StreamHandler sinkHandler = handler();
			Binding binding = new Binding(engine, origin, policy);
			ManagedStream<PolicyFulfilment> sink = engine.register(binding, pair.sink(), executor, sinkHandler,
					StreamRole.SINK, (name) -> {
						engine.forget(name);
						this.joined.decrementAndGet();
					});
			// Counted from the start: a handler may have another source join
			int before = this.joined.getAndIncrement();
			if (!sink.join(before)) {
				throw new SecureStreamsException("streamtype \"" + this.streamType + "\": the sink refuses the source");
			}
			ManagedStream<PolicyFulfilment> source;
			try {
				source = engine.register(binding, pair.source(), executor, handler, StreamRole.SOURCE, engine::forget);
			}
			catch (SecureStreamsException ex) {
				sink.close();
				throw ex;
			}
			open(sink, pair.sink());
			open(source, pair.source());
			return source;
		}

		private StreamHandler handler() {
			try {
				return this.handlers.get();
			}
			catch (RuntimeException ex) {
				throw new SecureStreamsException(
						"streamtype \"" + this.streamType + "\": the sink has no handler for a source: " + ex, ex);
			}
		}

		@Override
		public String streamType() {
			return this.streamType;
		}

		@Override
		public int sources() {
			return this.joined.get();
		}

		@Override
		public void close() {
			LocalSinks.this.sinks.remove(this.streamType, this);
		}

	}

	/**
	 * Announces a stream whose connection exists, and connects it; on its executor.
	 * @param stream the stream
	 * @param connection its connection
	 */
	static void open(ManagedStream<PolicyFulfilment> stream, ReadyTransport connection) {
		stream.start();
		if (!stream.isClosed()) {
			connection.open(stream.fulfilment());
		}
	}

}
