package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.MetadataAccess;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.Socks5Proxy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamMetadata;
import io.securestreams.stream.StreamOptions;
import io.securestreams.transport.TestLink;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a WebSocket stream: records what is reported, sends what is queued.
 */
class StreamDouble implements ClientLink, AcceptedLink, MetadataAccess {

	static final byte[] NOTHING = new byte[0];

	final CompletableFuture<String> connected = new CompletableFuture<>();

	final CompletableFuture<StreamFailure> closed = new CompletableFuture<>();

	final CompletableFuture<Void> completed = new CompletableFuture<>();

	final CompletableFuture<ConnectionTimings> timings = new CompletableFuture<>();

	/** Names of the reports in order, without those of payload. */
	final List<String> events = new CopyOnWriteArrayList<>();

	/** What has arrived, piece by piece. */
	final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

	private final StreamExecutor executor;

	private final StreamPolicy policy;

	private final Target target;

	private final Map<String, String> values = new LinkedHashMap<>();

	private final Map<String, String> latest = new LinkedHashMap<>();

	private final Queue<Piece> outgoing = new ArrayDeque<>();

	private @Nullable StreamTransport transport;

	private Runnable onConnected = () -> {
	};

	private @Nullable BiConsumer<ByteBuf, Integer> onReceive;

	private boolean echo;

	private int version;

	StreamDouble(StreamExecutor executor, StreamPolicy policy, Address address) {
		this.executor = executor;
		this.policy = policy;
		this.target = new Target(address, policy.tls().enabled(), null);
	}

	/** A piece of a message. */
	record Piece(byte[] bytes, int flags) {

		boolean isStart() {
			return (this.flags & PayloadFlags.SOM) != 0;
		}

		boolean isEnd() {
			return (this.flags & PayloadFlags.EOM) != 0;
		}

		String text() {
			return new String(this.bytes, StandardCharsets.UTF_8);
		}

	}

	StreamDouble transport(StreamTransport transport) {
		this.transport = transport;
		return this;
	}

	ClientTransport client() {
		return (ClientTransport) transport();
	}

	AcceptedTransport accepted() {
		return (AcceptedTransport) transport();
	}

	StreamTransport transport() {
		if (this.transport == null) {
			throw new IllegalStateException("no transport");
		}
		return this.transport;
	}

	StreamDouble onConnected(Runnable onConnected) {
		this.onConnected = onConnected;
		return this;
	}

	/** Instead of recording. */
	StreamDouble onReceive(BiConsumer<ByteBuf, Integer> onReceive) {
		this.onReceive = onReceive;
		return this;
	}

	/** Sends everything back, with the marks it came with. */
	StreamDouble echo() {
		this.echo = true;
		return this;
	}

	StreamDouble connect() {
		return run(() -> client().connect());
	}

	StreamDouble send(String text) {
		return send(text.getBytes(StandardCharsets.UTF_8), PayloadFlags.SOM | PayloadFlags.EOM);
	}

	StreamDouble send(byte[] bytes, int flags) {
		return run(() -> queue(new Piece(bytes, flags)));
	}

	/** Queues on the executor. */
	void queue(Piece piece) {
		this.outgoing.add(piece);
		transport().requestWrite();
	}

	/** Runs on the stream's executor and waits for the end. */
	StreamDouble run(Runnable task) {
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
		TestLink.await(done);
		return this;
	}

	Piece awaitPiece() {
		try {
			Piece piece = this.pieces.poll(20, TimeUnit.SECONDS);
			if (piece == null) {
				throw new AssertionError("nothing received for 20 s, events " + this.events + ", " + this.closed);
			}
			return piece;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Waits for a whole message. */
	byte[] awaitMessage() {
		java.io.ByteArrayOutputStream message = new java.io.ByteArrayOutputStream();
		Piece piece = awaitPiece();
		if (!piece.isStart()) {
			throw new AssertionError("message without a start");
		}
		message.writeBytes(piece.bytes());
		while (!piece.isEnd()) {
			piece = awaitPiece();
			if (piece.isStart()) {
				throw new AssertionError("message inside a message");
			}
			message.writeBytes(piece.bytes());
		}
		return message.toByteArray();
	}

	String awaitText() {
		return new String(awaitMessage(), StandardCharsets.UTF_8);
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
		return null;
	}

	@Override
	public Target target() {
		return this.target;
	}

	@Override
	public MetadataAccess metadata() {
		return this;
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
		checkContext();
		if (!this.connected.isDone() && this.events.isEmpty()) {
			throw new AssertionError("received before connected");
		}
		if (this.onReceive != null) {
			this.onReceive.accept(payload, flags);
			return;
		}
		byte[] bytes = new byte[payload.readableBytes()];
		payload.getBytes(payload.readerIndex(), bytes);
		if (this.echo) {
			queue(new Piece(bytes, flags));
		}
		else {
			this.pieces.add(new Piece(bytes, flags));
		}
	}

	@Override
	public void writable(int capacity) {
		checkContext();
		Piece piece = this.outgoing.poll();
		if (piece == null) {
			return;
		}
		byte[] bytes = piece.bytes();
		int length = Math.min(capacity, bytes.length);
		ByteBuf payload = ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, 0, length);
		boolean whole = length == bytes.length;
		if (!whole) {
			byte[] rest = java.util.Arrays.copyOfRange(bytes, length, bytes.length);
			((ArrayDeque<Piece>) this.outgoing).addFirst(new Piece(rest, piece.flags() & ~PayloadFlags.SOM));
		}
		if (!this.outgoing.isEmpty()) {
			transport().requestWrite();
		}
		transport().write(payload, whole ? piece.flags() : piece.flags() & ~PayloadFlags.EOM, 0);
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
		report("user state " + userState);
	}

	@Override
	public void acknowledged(long ordinal) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void rejected(long ordinal) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void transaction() {
		report("transaction");
	}

	@Override
	public void upgrade() {
		report("upgrade");
	}

	private void report(String event) {
		checkContext();
		this.events.add(event);
	}

	private void checkContext() {
		if (!this.executor.inContext()) {
			throw new AssertionError("reported on " + Thread.currentThread());
		}
	}

	// Metadata

	@Override
	public @Nullable String get(String name) {
		return asMap().get(name);
	}

	@Override
	public StreamMetadata set(String name, String value) {
		this.values.put(name, value);
		this.latest.remove(name);
		this.version++;
		return this;
	}

	@Override
	public StreamMetadata remove(String name) {
		this.values.remove(name);
		this.latest.remove(name);
		this.version++;
		return this;
	}

	@Override
	public Map<String, String> asMap() {
		Map<String, String> map = new LinkedHashMap<>(this.values);
		map.putAll(this.latest);
		return map;
	}

	@Override
	public @Nullable String value(int index) {
		return this.values.get(this.policy.metadata().get(index).name());
	}

	@Override
	public void receive(int index, @Nullable String value) {
		String name = this.policy.metadata().get(index).name();
		if (value != null) {
			this.latest.put(name, value);
		}
		else {
			this.latest.remove(name);
		}
	}

	@Override
	public void receiveDirect(String header, String value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void forEachDirect(BiConsumer<String, String> each) {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable String symbol(String name) {
		boolean declared = this.policy.metadata().stream().anyMatch((declaration) -> declaration.name().equals(name));
		return declared ? this.values.getOrDefault(name, "") : null;
	}

	@Override
	public int version() {
		return this.version;
	}

	@Override
	public void bodyless() {
	}

	@Override
	public StreamOptions options() {
		return StreamOptions.DEFAULTS;
	}

}
