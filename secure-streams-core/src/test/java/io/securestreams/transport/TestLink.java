package io.securestreams.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;

/**
 * The engine's end of a stream for tests: records what is reported.
 */
public final class TestLink implements ClientLink, AcceptedLink {

	public final CompletableFuture<String> connected = new CompletableFuture<>();

	public final CompletableFuture<StreamFailure> closed = new CompletableFuture<>();

	public final CompletableFuture<Void> completed = new CompletableFuture<>();

	public final CompletableFuture<ConnectionTimings> timings = new CompletableFuture<>();

	/** Names of the reports in order. */
	public final List<String> events = new CopyOnWriteArrayList<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private final StreamExecutor executor;

	private final StreamPolicy policy;

	private final Target target;

	private final @Nullable Socks5Proxy socks5;

	private volatile Consumer<ByteBuf> onReceive = this::record;

	private volatile IntFunction<@Nullable ByteBuf> onWritable = (capacity) -> null;

	private volatile Runnable onConnected = () -> {
	};

	private @Nullable StreamTransport transport;

	private long ordinal;

	public TestLink(StreamExecutor executor, StreamPolicy policy, Address address, @Nullable Socks5Proxy socks5) {
		this.executor = executor;
		this.policy = policy;
		this.target = new Target(address, policy.tls().enabled(), null);
		this.socks5 = socks5;
	}

	public TestLink transport(StreamTransport transport) {
		this.transport = transport;
		return this;
	}

	public ClientTransport client() {
		return (ClientTransport) transport();
	}

	public AcceptedTransport accepted() {
		return (AcceptedTransport) transport();
	}

	public StreamTransport transport() {
		StreamTransport current = this.transport;
		if (current == null) {
			throw new IllegalStateException("no transport");
		}
		return current;
	}

	public TestLink onReceive(Consumer<ByteBuf> onReceive) {
		this.onReceive = onReceive;
		return this;
	}

	public TestLink onConnected(Runnable onConnected) {
		this.onConnected = onConnected;
		return this;
	}

	/** What a slot is filled with; {@code null} leaves it unused. */
	public TestLink onWritable(IntFunction<@Nullable ByteBuf> onWritable) {
		this.onWritable = onWritable;
		return this;
	}

	/** Sends back what is received; to be used before data arrives. */
	public TestLink echo() {
		java.util.ArrayDeque<ByteBuf> queue = new java.util.ArrayDeque<>();
		this.onReceive = (bytes) -> {
			record(bytes);
			queue.add(bytes.retain());
			transport().requestWrite();
		};
		this.onWritable = (capacity) -> {
			ByteBuf head = queue.element();
			if (head.readableBytes() > capacity) {
				transport().requestWrite();
				return head.readRetainedSlice(capacity);
			}
			queue.remove();
			if (!queue.isEmpty()) {
				transport().requestWrite();
			}
			return head;
		};
		this.closed.whenComplete((failure, ex) -> queue.forEach(ByteBuf::release));
		return this;
	}

	/** Runs on the stream's executor and waits for the end. */
	public TestLink run(Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.executor.execute(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (RuntimeException | Error ex) {
				done.completeExceptionally(ex);
			}
		});
		await(done);
		return this;
	}

	public TestLink connect() {
		return run(() -> client().connect());
	}

	public static <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			throw new AssertionError("nothing happened for 20 s", ex);
		}
	}

	public byte[] awaitBytes(int count) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		synchronized (this.received) {
			while (this.received.size() < count) {
				long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
				if (left <= 0) {
					throw new AssertionError(
							this.received.size() + " of " + count + " bytes after 30 s, events " + this.events);
				}
				try {
					this.received.wait(left);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
			return this.received.toByteArray();
		}
	}

	public String awaitText(int length) {
		return new String(awaitBytes(length), StandardCharsets.UTF_8);
	}

	public int receivedBytes() {
		synchronized (this.received) {
			return this.received.size();
		}
	}

	public void record(ByteBuf bytes) {
		synchronized (this.received) {
			byte[] copy = new byte[bytes.readableBytes()];
			bytes.getBytes(bytes.readerIndex(), copy);
			this.received.write(copy, 0, copy.length);
			this.received.notifyAll();
		}
	}

	@Override
	public String tag() {
		return "test#1";
	}

	@Override
	public StreamPolicy policy() {
		return this.policy;
	}

	@Override
	public @Nullable Socks5Proxy socks5() {
		return this.socks5;
	}

	@Override
	public Target target() {
		return this.target;
	}

	@Override
	public MetadataAccess metadata() {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	@Override
	public StreamExecutor executor() {
		return this.executor;
	}

	@Override
	public boolean txRequested() {
		return false;
	}

	@Override
	public long txLength() {
		return -1;
	}

	@Override
	public void connected(String peer) {
		report("connected");
		this.onConnected.run();
		this.connected.complete(peer);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		report("timings");
		this.timings.complete(timings);
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		report("received");
		if (flags != 0) {
			throw new AssertionError("flags " + flags);
		}
		this.onReceive.accept(payload);
	}

	@Override
	public void writable(int capacity) {
		checkContext();
		ByteBuf payload = this.onWritable.apply(capacity);
		if (payload != null) {
			transport().write(payload, 0, this.ordinal++);
		}
	}

	@Override
	public void completed() {
		report("completed");
		this.completed.complete(null);
	}

	@Override
	public void closed(StreamFailure failure) {
		report("closed");
		if (!this.closed.complete(failure)) {
			throw new AssertionError("closed twice: " + failure);
		}
	}

	@Override
	public void userState(int userState) {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	@Override
	public void acknowledged(long ordinal) {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	@Override
	public void rejected(long ordinal) {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	@Override
	public void transaction() {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	@Override
	public void upgrade() {
		throw new AssertionError("raw streams have neither metadata nor transactions");
	}

	private void report(String event) {
		checkContext();
		if (!event.equals("received") || !this.events.contains("received")) {
			this.events.add(event);
		}
	}

	private void checkContext() {
		if (!this.executor.inContext()) {
			throw new AssertionError("reported on " + Thread.currentThread());
		}
	}

	@Override
	public void bodyless() {
	}

	@Override
	public StreamOptions options() {
		return StreamOptions.DEFAULTS;
	}

}
