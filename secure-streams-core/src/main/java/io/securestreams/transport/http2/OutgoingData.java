package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a stream: its window (RFC 9113 section 5.2) and what waits for it.
 */
public final class OutgoingData {

	private static final int MAX_WRITE = 64 * 1024;

	private final Http2Stream stream;

	private final Http2Output output;

	private long window;

	private boolean ended;

	private boolean wanted;

	private boolean queued;

	/** Neighbours in the {@link Http2SendQueue}. */
	@Nullable OutgoingData previous;

	@Nullable OutgoingData next;

	private boolean offering;

	/** Data taken from the exchange that the windows had no room for. */
	private @Nullable ByteBuf unsent;

	private boolean unsentEnds;

	/** Bytes that are held for it, also those that have left meanwhile. */
	private int held;

	OutgoingData(Http2Stream stream, Http2Output output, int window, boolean ended) {
		this.stream = stream;
		this.output = output;
		this.window = window;
		this.ended = ended;
	}

	/**
	 * Whether END_STREAM has been sent.
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Whether there is something to send that the peer does not take.
	 */
	public boolean isBlocked() {
		return (this.wanted || this.unsent != null) && (sendable() <= 0 || !this.output.isWritable());
	}

	/**
	 * Whether data would leave at once.
	 */
	boolean isWritable() {
		return !isClosed() && this.unsent == null && sendable() > 0 && this.output.isWritable();
	}

	/**
	 * Whether there is nothing to send yet, and no window for it.
	 */
	public boolean isWithoutWindow() {
		return this.unsent == null && sendable() <= 0 && this.output.isWritable();
	}

	/**
	 * END_STREAM has been sent with the head.
	 */
	public void endWithHead() {
		this.ended = true;
	}

	void requestWrite() {
		if (!isClosed()) {
			this.wanted = true;
			enqueue();
		}
	}

	void write(ByteBuf data, boolean end) {
		if (isClosed()) {
			data.release();
			return;
		}
		if (this.unsent != null) {
			this.unsent = append(this.unsent, data);
			hold(this.unsent.readableBytes());
			this.unsentEnds = end;
		}
		else if (data.readableBytes() > sendable()) {
			this.unsent = data;
			hold(data.readableBytes());
			this.unsentEnds = end;
			sendUnsent();
		}
		else {
			send(data, end);
		}
	}

	/**
	 * Uses the turn in the send queue.
	 */
	void turn() {
		this.queued = false;
		if (!this.stream.isRouted() || this.ended) {
			return;
		}
		if (this.unsent != null) {
			sendUnsent();
			return;
		}
		long capacity = sendable();
		if (!this.wanted || capacity <= 0) {
			return;
		}
		this.wanted = false;
		this.offering = true;
		try {
			this.stream.writable((int) Math.min(capacity, MAX_WRITE));
		}
		finally {
			this.offering = false;
		}
		if (this.wanted || this.unsent != null) {
			enqueue();
		}
	}

	/**
	 * The peer has changed the window.
	 * @param change bytes, negative after a change of its settings
	 * @return {@code false} if it exceeds 2^31-1
	 */
	boolean grow(long change) {
		this.window += change;
		boolean fits = this.window <= Integer.MAX_VALUE;
		this.window = Math.min(this.window, Integer.MAX_VALUE);
		if (this.wanted || this.unsent != null) {
			enqueue();
		}
		return fits;
	}

	void release() {
		this.wanted = false;
		if (this.queued) {
			this.queued = false;
			this.output.leaveQueue(this);
		}
		if (this.unsent != null) {
			this.unsent.release();
			this.unsent = null;
			hold(0);
		}
	}

	private void hold(int bytes) {
		if (bytes != this.held) {
			this.output.hold(bytes - this.held);
			this.held = bytes;
		}
	}

	private boolean isClosed() {
		return this.ended || this.unsentEnds || !this.stream.isRouted();
	}

	/** Bytes that both windows have room for. */
	long sendable() {
		return Math.min(this.window, this.output.window());
	}

	private void enqueue() {
		if (!this.queued && !this.offering && this.window > 0) {
			this.queued = true;
			this.output.enqueue(this);
		}
	}

	private void sendUnsent() {
		ByteBuf data = this.unsent;
		if (data == null) {
			return;
		}
		int room = (int) Math.min(Math.max(0, sendable()), MAX_WRITE);
		if (data.readableBytes() > room) {
			if (room > 0) {
				send(data.readRetainedSlice(room), false);
			}
			enqueue();
			return;
		}
		this.unsent = null;
		hold(0);
		boolean end = this.unsentEnds;
		this.unsentEnds = false;
		send(data, end);
		if (this.wanted) {
			enqueue();
		}
	}

	private void send(ByteBuf data, boolean end) {
		int length = data.readableBytes();
		if (length == 0 && !end) {
			data.release();
			return;
		}
		this.window -= length;
		this.ended = end;
		this.stream.progress();
		this.output.data(this.stream.id(), data, end);
		if (end) {
			this.stream.outputEnded();
		}
	}

	private ByteBuf append(ByteBuf first, ByteBuf second) {
		ByteBuf both = this.output.allocate(first.readableBytes() + second.readableBytes());
		both.writeBytes(first).writeBytes(second);
		first.release();
		second.release();
		return both;
	}

}
