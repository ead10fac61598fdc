package io.securestreams.spring.testing;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;

/**
 * A listener that accepts what the test tells it to.
 */
public final class FakeServer implements StreamServer {

	private final StreamPolicy policy;

	private final Supplier<? extends StreamHandler> handlers;

	private final List<FakeStream> clients = new CopyOnWriteArrayList<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);

	private int accepted;

	FakeServer(StreamPolicy policy, Supplier<? extends StreamHandler> handlers) {
		this.policy = policy;
		this.handlers = handlers;
	}

	public FakeStream accept() {
		FakeStream stream = new FakeStream(id() + "|" + ++this.accepted, this.policy, StreamRole.ACCEPTED,
				this.handlers.get());
		this.clients.add(stream);
		stream.announce(StreamState.CREATING);
		stream.announce(StreamState.CONNECTED);
		return stream;
	}

	public List<String> calls() {
		return this.calls;
	}

	public void holdDraining() {
		this.drained = new CompletableFuture<>();
	}

	public void finishDraining() {
		this.drained.complete(null);
	}

	@Override
	public String id() {
		return streamType() + "#0";
	}

	@Override
	public String streamType() {
		return this.policy.name();
	}

	@Override
	public SocketAddress address() {
		return new InetSocketAddress("127.0.0.1", 7681);
	}

	@Override
	public Collection<SecureStream> clients() {
		return List.copyOf(this.clients);
	}

	@Override
	public int broadcast(byte[] message) {
		this.clients.forEach((client) -> client.send(message));
		return this.clients.size();
	}

	@Override
	public StreamSnapshot snapshot() {
		return StreamSnapshot.builder(id(), streamType(), StreamRole.LISTENER)
			.protocol("h1")
			.state(StreamState.CONNECTED, Instant.EPOCH)
			.build();
	}

	@Override
	public CompletionStage<Void> drain(Duration timeout) {
		this.calls.add("drain " + timeout);
		return this.drained;
	}

	@Override
	public void close() {
		this.calls.add("close");
		this.clients.forEach(FakeStream::close);
	}

}
