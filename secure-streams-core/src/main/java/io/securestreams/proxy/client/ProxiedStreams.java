package io.securestreams.proxy.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.MetadataStore;
import io.securestreams.engine.stream.StreamDirectory;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.engine.stream.StreamSettings;
import io.securestreams.proxy.client.link.LinkConnector;
import io.securestreams.proxy.client.link.LinkLog;
import io.securestreams.proxy.client.link.ProxyConnector;
import io.securestreams.proxy.wire.StreamType;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.observe.StreamObserver;

/**
 * Makes client streams that a proxy fulfils, and knows those that are alive. May be used
 * from any thread.
 */
public final class ProxiedStreams {

	private final LinkConnector connector;

	private final StreamExecutorGroup executors;

	private final RandomGenerator random;

	private final StreamSettings settings;

	private final LinkLog linkLog = new LinkLog();

	private final StreamDirectory<ManagedStream<ProxyFulfilment>> streams = new StreamDirectory<>();

	/**
	 * Makes what makes streams.
	 * @param proxy how the proxy is reached
	 * @param executors where streams live
	 * @param random source of jitter; used from many threads
	 * @param observers what sees the events of all streams
	 */
	public ProxiedStreams(ProxyConnector proxy, StreamExecutorGroup executors, RandomGenerator random,
			List<StreamObserver> observers) {
		this(proxy, executors, random, new StreamSettings(observers, false));
	}

	ProxiedStreams(LinkConnector connector, StreamExecutorGroup executors, RandomGenerator random,
			StreamSettings settings) {
		this.connector = connector;
		this.executors = executors;
		this.random = random;
		this.settings = settings;
	}

	LinkConnector connector() {
		return this.connector;
	}

	LinkLog linkLog() {
		return this.linkLog;
	}

	RandomGenerator random() {
		return this.random;
	}

	/**
	 * Creates a client stream; whether the proxy has its streamtype turns out later.
	 * {@code CREATING} is announced on the stream's event loop: before this returns if it
	 * is called there, else possibly later.
	 * @param streamType a name of the proxy's policy
	 * @param handler what receives the stream's events
	 * @param options what the policy does not say
	 * @return the stream
	 * @throws SecureStreamsException if no proxy can have such a streamtype, or there are
	 * no new streams any more
	 */
	public SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		int length = streamType.getBytes(StandardCharsets.UTF_8).length;
		if (length == 0 || length > StreamType.MAX_NAME_LENGTH || streamType.indexOf('\0') >= 0) {
			throw new SecureStreamsException(
					"streamtype \"" + streamType + "\" cannot be asked of a proxy (expected: a name of 1 to "
							+ StreamType.MAX_NAME_LENGTH + " bytes without NUL)");
		}
		if (this.streams.isSealed()) {
			throw shutDown();
		}
		StreamExecutor executor = this.executors.next();
		StreamName name = StreamName.next(streamType);
		LinkGreeting greeting = new LinkGreeting(streamType, options);
		ManagedStream<ProxyFulfilment> stream = new ManagedStream<>(name, StreamRole.CLIENT, executor, handler,
				new ManagedStream.Parts<>(this.settings, new MetadataStore(streamType, MetadataUpdates::check),
						(core) -> new ProxyFulfilment(core, this, greeting), this.streams::remove));
		this.streams.add(name, stream);
		try {
			if (executor.inContext()) {
				stream.start();
			}
			else {
				executor.execute(stream::start);
			}
		}
		catch (RejectedExecutionException ex) {
			stream.forget();
			throw shutDown();
		}
		if (this.streams.isSealed()) {
			stream.close();
			throw shutDown();
		}
		return stream;
	}

	private static SecureStreamsException shutDown() {
		return new SecureStreamsException("the engine has been shut down (expected: no new streams)");
	}

	/**
	 * Returns the streams that are alive.
	 * @return a copy
	 */
	public Collection<SecureStream> streams() {
		return List.copyOf(this.streams.copy());
	}

	/**
	 * Announces {@code EVENT_WAIT_CANCELLED} on every live stream, on its event loop.
	 */
	public void wake() {
		this.streams.copy().forEach(ManagedStream::wake);
	}

	/**
	 * Names the streams whose handlers an executor is calling right now.
	 * @param executor where they live
	 * @return ids; only good if the executor has been standing still for a while
	 */
	public List<String> calling(StreamExecutor executor) {
		return this.streams.copy()
			.stream()
			.filter((stream) -> stream.isCalledBy(executor))
			.map(SecureStream::id)
			.toList();
	}

	/**
	 * Ends every stream: no new ones, transactions in flight may finish.
	 * @param drain most time for transactions in flight
	 * @return completes when every stream has announced its end
	 */
	public CompletionStage<Void> shutdown(Duration drain) {
		CompletableFuture<Void> gone = this.streams.seal().toCompletableFuture();
		boolean wait = !drain.isZero() && !drain.isNegative();
		this.streams.copy().forEach(wait ? ManagedStream::drain : ManagedStream::close);
		if (wait && !gone.isDone()) {
			StreamExecutor executor = this.executors.next();
			executor.execute(() -> {
				StreamExecutor.Timer timer = executor.schedule(() -> this.streams.copy().forEach(ManagedStream::close),
						drain.toMillis());
				gone.whenComplete((nothing, failure) -> executor.execute(timer::cancel));
			});
		}
		return gone;
	}

}
