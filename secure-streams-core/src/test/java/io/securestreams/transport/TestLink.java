package io.securestreams.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.testing.RecordingLink;

/**
 * The engine's end of a stream for tests: records what is reported.
 */
public final class TestLink extends RecordingLink<TestLink> {

	public final CompletableFuture<String> connected = new CompletableFuture<>();

	public final CompletableFuture<StreamFailure> closed = new CompletableFuture<>();

	public final CompletableFuture<Void> completed = new CompletableFuture<>();

	public final CompletableFuture<ConnectionTimings> timings = new CompletableFuture<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private final @Nullable Socks5Proxy socks5;

	private volatile Consumer<ByteBuf> onReceive = this::record;

	private volatile IntFunction<@Nullable ByteBuf> onWritable = (capacity) -> null;

	private volatile Runnable onConnected = () -> {
	};

	private long ordinal;

	public TestLink(StreamExecutor executor, StreamPolicy policy, Address address, @Nullable Socks5Proxy socks5) {
		super(executor, policy, new Target(address, policy.tls().enabled(), null));
		this.socks5 = socks5;
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
	public @Nullable Socks5Proxy socks5() {
		return this.socks5;
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

	@Override
	protected void report(String event) {
		checkContext();
		if (!event.equals("received") || !this.events.contains("received")) {
			this.events.add(event);
		}
	}

}
