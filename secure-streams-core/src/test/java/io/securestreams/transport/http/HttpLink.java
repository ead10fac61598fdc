package io.securestreams.transport.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.StreamFailure;
import io.securestreams.testing.RecordingLink;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of an HTTP stream for tests: records what is reported, one list of
 * events per transaction of a client, and sends what it is told to.
 */
public final class HttpLink extends RecordingLink<HttpLink> {

	private static final long TIMEOUT_SECONDS = 30;

	public final CompletableFuture<StreamFailure> closed = new CompletableFuture<>();

	public final CompletableFuture<Void> completed = new CompletableFuture<>();

	/** What ended the client's attempts, in order: a failure, or "completed". */
	private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private final Deque<ByteBuf> outgoing = new ArrayDeque<>();

	private boolean txRequested;

	private long txLength = -1;

	private boolean endless;

	private long ordinal;

	private boolean started;

	private boolean writing;

	public @Nullable StreamFailure failure;

	public @Nullable ConnectionTimings timings;

	public BiConsumer<ByteBuf, Integer> onReceive = this::record;

	public Consumer<MessagePart> onPart = (part) -> report("part " + part.name());

	public Consumer<HttpLink> onConnected = (link) -> {
	};

	public Consumer<HttpLink> onTransaction = (link) -> {
	};

	public Consumer<HttpLink> onCompleted = (link) -> {
	};

	public @Nullable Consumer<Integer> onWritable;

	public HttpLink(StreamExecutor executor, StreamPolicy policy) {
		super(executor, policy, new Target(new Address.Host("", 0), false, null));
	}

	public HttpLink target(int port, boolean tls) {
		return target(new Target(new Address.Host(tls ? "localhost" : "127.0.0.1", port), tls, null));
	}

	/** The whole body of the next message; {@code announced} tells its length before. */
	public HttpLink send(byte[] body, boolean announced) {
		this.outgoing.clear();
		this.outgoing.add(Unpooled.wrappedBuffer(body));
		return request(announced ? body.length : -1);
	}

	public HttpLink send(String body, boolean announced) {
		return send(body.getBytes(StandardCharsets.UTF_8), announced);
	}

	/** Adds to a body that does not end yet. */
	public HttpLink sendMore(String piece) {
		this.endless = true;
		this.outgoing.add(Unpooled.wrappedBuffer(piece.getBytes(StandardCharsets.UTF_8)));
		return request(this.txLength);
	}

	public HttpLink sendLast() {
		this.endless = false;
		this.outgoing.add(Unpooled.EMPTY_BUFFER);
		return request(this.txLength);
	}

	public HttpLink request(long length) {
		this.txRequested = true;
		this.txLength = length;
		if (this.executor.inContext() && hasTransport()) {
			transport().requestWrite();
		}
		return this;
	}

	/** Starts an attempt and waits for its end. */
	public Object exchange() {
		run(() -> {
			this.events.clear();
			this.received.reset();
			client().connect();
		});
		return end();
	}

	public Object end() {
		try {
			Object end = this.ends.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			if (end == null) {
				throw new AssertionError("no end after " + TIMEOUT_SECONDS + " s, events " + events());
			}
			return end;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public StreamFailure fails() {
		Object end = exchange();
		if (end instanceof StreamFailure ended) {
			return ended;
		}
		throw new AssertionError("expected a failure, events " + events());
	}

	public List<String> events() {
		return List.copyOf(this.events);
	}

	public String text() {
		return this.received.toString(StandardCharsets.UTF_8);
	}

	public byte[] bytes() {
		return this.received.toByteArray();
	}

	@Override
	protected void checkContext() {
		super.checkContext();
		if (this.writing) {
			throw new AssertionError("reported inside a slot");
		}
	}

	private void record(ByteBuf payload, int flags) {
		byte[] copy = new byte[payload.readableBytes()];
		payload.readBytes(copy);
		this.received.writeBytes(copy);
	}

	@Override
	public boolean txRequested() {
		return this.txRequested;
	}

	@Override
	public long txLength() {
		return this.txLength;
	}

	@Override
	public void connected(String peer) {
		report("connected " + peer);
		this.onConnected.accept(this);
	}

	@Override
	public void timings(ConnectionTimings value) {
		checkContext();
		this.timings = value;
	}

	@Override
	public void part(MessagePart part) {
		this.onPart.accept(part);
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		boolean start = (flags & PayloadFlags.SOM) != 0;
		if ((flags & ~(PayloadFlags.SOM | PayloadFlags.EOM)) != 0) {
			report("related " + flags);
		}
		else if (start) {
			report("start");
			this.started = true;
		}
		if ((flags & PayloadFlags.EOM) != 0) {
			report("end");
			this.started = false;
		}
		this.onReceive.accept(payload, flags);
	}

	@Override
	public void writable(int capacity) {
		checkContext();
		Consumer<Integer> custom = this.onWritable;
		if (custom != null) {
			this.writing = true;
			custom.accept(capacity);
			this.writing = false;
			return;
		}
		ByteBuf next = this.outgoing.peek();
		if (next == null) {
			return;
		}
		ByteBuf piece = next.readRetainedSlice(Math.min(capacity, next.readableBytes()));
		boolean last = !next.isReadable();
		if (last) {
			this.outgoing.remove();
		}
		last = last && this.outgoing.isEmpty() && !this.endless;
		put(piece, last);
	}

	public void put(ByteBuf piece, boolean last) {
		this.writing = true;
		transport().write(piece, ((this.ordinal == 0) ? PayloadFlags.SOM : 0) | (last ? PayloadFlags.EOM : 0),
				this.ordinal++);
		this.writing = false;
	}

	@Override
	public void completed() {
		report("completed");
		reset();
		this.completed.complete(null);
		this.ends.add("completed");
		this.onCompleted.accept(this);
	}

	@Override
	public void closed(StreamFailure value) {
		report("closed " + value.phase());
		reset();
		this.failure = value;
		this.closed.complete(value);
		this.ends.add(value);
	}

	private void reset() {
		this.txRequested = false;
		this.txLength = -1;
		this.started = false;
	}

	@Override
	public void transaction() {
		this.txRequested = false;
		this.txLength = -1;
		report("transaction " + ((this.started) ? "while receiving" : ""));
		this.onTransaction.accept(this);
	}

}
