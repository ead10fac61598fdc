package io.securestreams.transport.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.Target;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.testing.RecordingLink;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of a WebSocket stream: records what is reported, sends what is queued.
 */
class StreamDouble extends RecordingLink<StreamDouble> {

	static final byte[] NOTHING = new byte[0];

	final CompletableFuture<String> connected = new CompletableFuture<>();

	final CompletableFuture<StreamFailure> closed = new CompletableFuture<>();

	final CompletableFuture<Void> completed = new CompletableFuture<>();

	final CompletableFuture<ConnectionTimings> timings = new CompletableFuture<>();

	/** What has arrived, piece by piece. */
	final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

	private final Queue<Piece> outgoing = new ArrayDeque<>();

	private Runnable onConnected = () -> {
	};

	private @Nullable BiConsumer<ByteBuf, Integer> onReceive;

	private boolean echo;

	StreamDouble(StreamExecutor executor, StreamPolicy policy, Address address) {
		super(executor, policy, new Target(address, policy.tls().enabled(), null));
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

}
