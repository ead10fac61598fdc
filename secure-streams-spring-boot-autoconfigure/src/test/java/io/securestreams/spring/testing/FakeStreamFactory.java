package io.securestreams.spring.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.securestreams.policy.Policy;
import io.securestreams.stream.observe.EventLoopState;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.UnknownStreamTypeException;
import io.securestreams.stream.factory.StreamFactory;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * Makes fake streams of a policy.
 */
public final class FakeStreamFactory implements StreamFactory {

	private final Policy policy;

	private final List<FakeStream> streams = new ArrayList<>();

	private final List<FakeServer> servers = new ArrayList<>();

	private final List<EventLoopState> loops = new ArrayList<>();

	private @Nullable RuntimeException failure;

	private StreamOptions lastOptions = StreamOptions.DEFAULTS;

	public FakeStreamFactory(Policy policy) {
		this.policy = policy;
	}

	/** The next stream or listener is not made but fails. */
	public FakeStreamFactory failWith(RuntimeException next) {
		this.failure = next;
		return this;
	}

	public void loop(EventLoopState state) {
		this.loops.add(state);
	}

	@Override
	public List<EventLoopState> eventLoops() {
		return this.loops;
	}

	public FakeStream fake(String streamType) {
		return this.streams.stream()
			.filter((stream) -> stream.streamType().equals(streamType) && !stream.isClosed())
			.findFirst()
			.orElseThrow();
	}

	public FakeStream lastFake() {
		return this.streams.get(this.streams.size() - 1);
	}

	public FakeServer fakeServer(String streamType) {
		return this.servers.stream()
			.filter((server) -> server.streamType().equals(streamType))
			.reduce((first, last) -> last)
			.orElseThrow();
	}

	/** What the last stream was created with. */
	public StreamOptions lastOptions() {
		return this.lastOptions;
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler, StreamOptions options) {
		this.lastOptions = options;
		return create(streamType, handler);
	}

	@Override
	public SecureStream create(String streamType, StreamHandler handler) {
		failIfAsked();
		FakeStream stream = new FakeStream(streamType + "#" + (this.streams.size() + 1), this.policy
			.streamType(streamType)
			.orElseThrow(
					() -> new UnknownStreamTypeException(streamType, List.copyOf(this.policy.streamTypes().keySet()))),
				StreamRole.CLIENT, handler);
		this.streams.add(stream);
		stream.announce(StreamState.CREATING);
		return stream;
	}

	@Override
	public StreamServer listen(String streamType, Supplier<? extends StreamHandler> handlers) {
		failIfAsked();
		FakeServer server = new FakeServer(this.policy.streamType(streamType).orElseThrow(), handlers);
		this.servers.add(server);
		return server;
	}

	@Override
	public Collection<SecureStream> streams() {
		List<SecureStream> all = new ArrayList<>(this.streams);
		this.servers.forEach((server) -> all.addAll(server.clients()));
		all.removeIf(SecureStream::isClosed);
		return all;
	}

	@Override
	public Collection<StreamServer> servers() {
		return List.copyOf(this.servers);
	}

	@Override
	public Policy policy() {
		return this.policy;
	}

	/** What the factory has been asked for so far. */
	public Map<String, Integer> counts() {
		return Map.of("streams", this.streams.size(), "servers", this.servers.size());
	}

	private void failIfAsked() {
		RuntimeException thrown = this.failure;
		this.failure = null;
		if (thrown != null) {
			throw thrown;
		}
	}

}
