package io.securestreams.transport.http2.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamOptions;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.testing.RecordingLink;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a stream: records what is reported, on the stream's executor only.
 */
final class Http2TestLink extends RecordingLink<Http2TestLink> {

	/** What became of the wake lock. */
	final List<String> wakes = new CopyOnWriteArrayList<>();

	private volatile CompletableFuture<String> end = new CompletableFuture<>();

	private final ByteArrayOutputStream text = new ByteArrayOutputStream();

	private final MessageDigest digest;

	volatile long receivedBytes;

	volatile @Nullable StreamFailure failure;

	volatile @Nullable String peer;

	volatile @Nullable ConnectionTimings timings;

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

	Http2TestLink(StreamExecutor executor, StreamPolicy policy, Target target, StreamOptions options) {
		super(executor, policy, target);
		this.options = options;
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

	@Override
	public Http2TestLink connect() {
		return run(() -> {
			this.end = new CompletableFuture<>();
			client().connect();
		});
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

	String text() {
		return this.text.toString(StandardCharsets.UTF_8);
	}

	String sha256() {
		return HexFormat.of().formatHex(this.digest.digest());
	}

	private void finish(String how) {
		this.onEnd.accept(this, how);
		this.end.complete(how);
	}

	@Override
	public StreamOptions options() {
		return this.options;
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

	Http2TestLink with(String name, String value) {
		this.metadata.set(name, value);
		return this;
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

}
