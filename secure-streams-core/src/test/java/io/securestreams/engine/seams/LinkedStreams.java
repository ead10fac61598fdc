package io.securestreams.engine.seams;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamExecutorGroup;
import io.securestreams.engine.stream.ManagedStream;
import io.securestreams.engine.stream.MetadataStore;
import io.securestreams.engine.stream.StreamName;
import io.securestreams.engine.stream.StreamSettings;
import io.securestreams.policy.Policy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;

/**
 * Makes streams without a policy, which somebody else fulfils.
 */
final class LinkedStreams implements StreamFactory {

	private final StreamFactory far;

	private final StreamExecutorGroup loops;

	private final Set<SecureStream> streams = ConcurrentHashMap.newKeySet();

	LinkedStreams(StreamFactory far, StreamExecutorGroup loops) {
		this.far = far;
		this.loops = loops;
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		StreamExecutor executor = this.loops.next();
		StreamName name = StreamName.next(streamType);
		ManagedStream<LinkedFulfilment> stream = new ManagedStream<>(name, StreamRole.CLIENT, executor, handler,
				new ManagedStream.Parts<>(new StreamSettings(List.of(), true), new MetadataStore(streamType),
						(core) -> new LinkedFulfilment(core, streamType, this.far),
						(ended) -> this.streams.removeIf((gone) -> gone.id().equals(ended.id()))));
		this.streams.add(stream);
		executor.execute(stream::start);
		return stream;
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		throw new SecureStreamsException("there are no listeners here");
	}

	@Override
	public Collection<SecureStream> streams() {
		return List.copyOf(this.streams);
	}

	@Override
	public Collection<StreamServer> servers() {
		return List.of();
	}

	@Override
	public Policy policy() {
		return Policy.EMPTY;
	}

}
