package io.securestreams.spring.boot.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import io.securestreams.SecureStreams;
import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.factory.ListenerHold;
import io.securestreams.stream.factory.SinkRegistration;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import io.securestreams.stream.observe.EventLoopState;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.ObjectProvider;

/**
 * The engine for beans that cannot do without a policy: a test of an application may have
 * put a mock in its place, which has none unless it is told, and need not be a
 * {@link SecureStreams}.
 */
final class ReplaceableEngine implements StreamFactory {

	private final StreamFactory streams;

	private ReplaceableEngine(StreamFactory streams) {
		this.streams = streams;
	}

	static StreamFactory withPolicy(StreamFactory streams) {
		return hasPolicy(streams) ? streams : new ReplaceableEngine(streams);
	}

	/**
	 * Finds the engine.
	 * @param provider gives it
	 * @return the engine, or {@code null} if something else is in its place
	 */
	static @Nullable SecureStreams find(ObjectProvider<SecureStreams> provider) {
		try {
			return provider.getIfAvailable();
		}
		catch (BeanNotOfRequiredTypeException ex) {
			return null;
		}
	}

	private static boolean hasPolicy(StreamFactory streams) {
		return streams.policy() != null;
	}

	@Override
	public Policy policy() {
		return hasPolicy(this.streams) ? this.streams.policy() : Policy.EMPTY;
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		return this.streams.create(streamType, handler);
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		return this.streams.create(streamType, handler, options);
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.streams.listen(streamType, handlers);
	}

	@Override
	public ListenerHold holdListeners() {
		return this.streams.holdListeners();
	}

	@Override
	public SinkRegistration registerSink(String streamType, Supplier<? extends StreamHandler> handlers) {
		return this.streams.registerSink(streamType, handlers);
	}

	@Override
	public Collection<SecureStream> streams() {
		return this.streams.streams();
	}

	@Override
	public List<EventLoopState> eventLoops() {
		return this.streams.eventLoops();
	}

	@Override
	public Collection<StreamServer> servers() {
		return this.streams.servers();
	}

	@Override
	public boolean isProxied() {
		return this.streams.isProxied();
	}

}
