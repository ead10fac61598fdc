package io.securestreams.transport.http2.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
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
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a stream: records what is reported, on the stream's executor only.
 */
final class Http2TestLink implements ClientLink, AcceptedLink, MetadataAccess {

	private final StreamExecutor executor;

	private final StreamPolicy policy;

	private Target target;

	private final Map<String, String> values = new LinkedHashMap<>();

	private final Map<String, String> latest = new LinkedHashMap<>();

	final List<String> events = new CopyOnWriteArrayList<>();

	/** What became of the wake lock. */
	final List<String> wakes = new CopyOnWriteArrayList<>();

	private volatile CompletableFuture<String> end = new CompletableFuture<>();

	private final ByteArrayOutputStream text = new ByteArrayOutputStream();

	private final MessageDigest digest;

	volatile long receivedBytes;

	volatile @Nullable StreamFailure failure;

	volatile @Nullable String peer;

	volatile @Nullable ConnectionTimings timings;

	private int version;

	private long txLength = -1;

	private boolean txRequested;

	private long ordinal;

	private boolean inMessage;

	private IntFunction<@Nullable Slot> source = (capacity) -> null;

	private Runnable onReceive = () -> {
	};

	private Runnable onConnected = () -> {
	};

	private BiConsumer<Http2TestLink, String> onEnd = (link, how) -> {
	};

	private final StreamOptions options;

	private @Nullable StreamTransport transport;

	Http2TestLink(StreamExecutor executor, StreamPolicy policy, Target target, StreamOptions options) {
		this.options = options;
		this.executor = executor;
		this.policy = policy;
		this.target = target;
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public WakeLock wakeLock() {
		return (stream) -> {
			this.wakes.add("held");
			return () -> this.wakes.add("released");
		};
	}

	Http2TestLink use(StreamTransport transport) {
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

	Http2TestLink onReceive(Runnable action) {
		this.onReceive = action;
		return this;
	}

	Http2TestLink onConnected(Runnable action) {
		this.onConnected = action;
		return this;
	}

	Http2TestLink onEnd(BiConsumer<Http2TestLink, String> action) {
		this.onEnd = action;
		return this;
	}

	/** A request body of known or unknown (-1) length. */
	Http2TestLink body(long announced, IntFunction<@Nullable Slot> source) {
		this.txRequested = true;
		this.txLength = announced;
		this.source = source;
		return this;
	}

	Http2TestLink body(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return body(bytes.length, Slots.of(bytes));
	}

	Http2TestLink connect() {
		return run(() -> {
			this.end = new CompletableFuture<>();
			client().connect();
		});
	}

	Http2TestLink run(Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.executor.execute(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		await(done);
		return this;
	}

	/** How the transaction ended: {@code completed}, or what {@code closed} said. */
	String awaitEnd() {
		try {
			return await(this.end);
		}
		catch (AssertionError ex) {
			throw new AssertionError("no end after " + this.events, ex);
		}
	}

	StreamFailure awaitFailure() {
		awaitEnd();
		StreamFailure failure = this.failure;
		if (failure == null) {
			throw new AssertionError("no failure: " + this.events);
		}
		return failure;
	}

	static <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		catch (ExecutionException ex) {
			throw new AssertionError(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new AssertionError("nothing happened for 20 s", ex);
		}
	}

	String text() {
		return this.text.toString(StandardCharsets.UTF_8);
	}

	String sha256() {
		return HexFormat.of().formatHex(this.digest.digest());
	}

	void target(Target target) {
		this.target = target;
	}

	private void report(String event) {
		if (!this.executor.inContext()) {
			throw new AssertionError(event + " on " + Thread.currentThread());
		}
		this.events.add(event);
	}

	private void finish(String how) {
		this.onEnd.accept(this, how);
		this.end.complete(how);
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
	public StreamOptions options() {
		return this.options;
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
		return this.txRequested;
	}

	@Override
	public long txLength() {
		return this.txLength;
	}

	@Override
	public void connected(String peer) {
		report("connected");
		this.peer = peer;
		this.onConnected.run();
	}

	@Override
	public void userState(int userState) {
		report("userState " + userState);
	}

	@Override
	public void timings(ConnectionTimings timings) {
		report("timings");
		this.timings = timings;
	}

	@Override
	public void received(ByteBuf payload, int flags) {
		boolean start = (flags & PayloadFlags.SOM) != 0;
		boolean stop = (flags & PayloadFlags.EOM) != 0;
		boolean group = (flags & PayloadFlags.RELATED_START) != 0;
		if (!group && start == this.inMessage) {
			this.events.add("wrong flags " + flags);
		}
		this.inMessage = !stop;
		if (start) {
			report("SOM");
		}
		if (group) {
			report("RELATED_START");
			this.inMessage = false;
		}
		byte[] bytes = new byte[payload.readableBytes()];
		payload.getBytes(payload.readerIndex(), bytes);
		this.digest.update(bytes);
		this.receivedBytes += bytes.length;
		if (this.text.size() < 4096) {
			this.text.writeBytes(bytes);
		}
		if (stop) {
			report(((flags & PayloadFlags.RELATED_END) != 0) ? "EOM RELATED_END" : "EOM");
		}
		this.onReceive.run();
	}

	@Override
	public void writable(int capacity) {
		if (capacity < 1) {
			throw new AssertionError("capacity " + capacity);
		}
		Slot slot = this.source.apply(capacity);
		if (slot != null) {
			transport().write(slot.payload(), (slot.end()) ? PayloadFlags.EOM : 0, this.ordinal++);
		}
	}

	@Override
	public void acknowledged(long ordinal) {
		report("acknowledged");
	}

	@Override
	public void rejected(long ordinal) {
		report("rejected");
	}

	@Override
	public void completed() {
		report("completed");
		this.inMessage = false;
		finish("completed");
	}

	@Override
	public void closed(StreamFailure failure) {
		report("closed " + failure.phase());
		this.inMessage = false;
		this.failure = failure;
		finish("closed " + failure.phase());
	}

	@Override
	public void transaction() {
		throw new AssertionError("transaction");
	}

	@Override
	public void upgrade() {
		throw new AssertionError("upgrade");
	}

	// metadata

	Http2TestLink with(String name, String value) {
		set(name, value);
		return this;
	}

	@Override
	public StreamMetadata set(String name, String value) {
		this.values.put(name, value);
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
	public @Nullable String get(String name) {
		return asMap().get(name);
	}

	@Override
	public StreamMetadata remove(String name) {
		this.values.remove(name);
		this.latest.remove(name);
		this.version++;
		return this;
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
		this.latest.put(header, value);
	}

	@Override
	public void forEachDirect(BiConsumer<String, String> each) {
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

	/**
	 * What is sent in one slot.
	 *
	 * @param payload the bytes
	 * @param end EOM
	 */
	record Slot(ByteBuf payload, boolean end) {
	}

	List<String> eventsSince(int from) {
		return new ArrayList<>(this.events.subList(from, this.events.size()));
	}

	@Override
	public void bodyless() {
	}

}
