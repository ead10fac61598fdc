package io.securestreams.transport.mqtt.wire;

import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.ClientTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamTransportFactory;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * A WebSocket with subprotocol {@code mqtt} (MQTT 3.1.1 section 6), which another
 * transport makes as for any stream. What is written goes out as one binary message for
 * each turn; where messages end does not matter.
 */
public final class WebSocketWire implements Wire {

	private static final int HIGH_WATER_MARK = 256 * 1024;

	private final StreamExecutor executor;

	private final WireListener listener;

	private final CarrierLink link;

	private final ClientTransport transport;

	private final Deque<ByteBuf> queue = new ArrayDeque<>();

	private int queuedBytes;

	private boolean full;

	private String peer = "";

	private boolean opened;

	private boolean closed;

	private boolean awaited;

	private boolean readScheduled;

	private ConnectionTimings timings = CarrierLink.NO_TIMINGS;

	private WebSocketWire(ClientLink first, StreamTransportFactory webSockets, WireListener listener) {
		this.executor = first.executor();
		this.listener = listener;
		this.link = new CarrierLink(first, this);
		this.transport = webSockets.client(this.link);
	}

	/**
	 * Opens WebSockets.
	 * @param webSockets makes their transports
	 * @return the opener
	 */
	public static WireOpener opener(StreamTransportFactory webSockets) {
		return (first, listener) -> {
			WebSocketWire wire = new WebSocketWire(first, webSockets, listener);
			// It may fail at once, which must not be told before this returns
			wire.executor.execute(() -> {
				if (!wire.closed) {
					wire.transport.connect();
				}
			});
			return wire::close;
		};
	}

	public void connected(String name) {
		this.peer = name;
		this.opened = true;
		this.listener.opened(this, this.timings);
	}

	public void timings(ConnectionTimings figures) {
		this.timings = figures;
	}

	public void received(ByteBuf payload) {
		if (this.closed) {
			return;
		}
		this.listener.received(payload);
		if (!this.readScheduled) {
			this.readScheduled = true;
			this.executor.execute(() -> {
				this.readScheduled = false;
				if (!this.closed) {
					this.listener.receivedAll();
				}
			});
		}
	}

	public void writable(int capacity) {
		ByteBuf next = this.queue.peek();
		if (next == null) {
			return;
		}
		int length = Math.min(capacity, next.readableBytes());
		this.queuedBytes -= length;
		ByteBuf piece;
		if (length == next.readableBytes()) {
			piece = this.queue.remove();
		}
		else {
			piece = next.readRetainedSlice(length);
		}
		this.transport.write(piece, PayloadFlags.SOM | PayloadFlags.EOM, 0);
		if (!this.queue.isEmpty()) {
			this.transport.requestWrite();
		}
		else if (this.awaited) {
			this.awaited = false;
			this.executor.execute(() -> {
				if (!this.closed) {
					this.listener.flushed();
				}
			});
		}
		if (this.full && this.queuedBytes < HIGH_WATER_MARK / 2 && !this.closed) {
			this.full = false;
			this.listener.writable();
		}
	}

	public void ended(StreamFailure failure) {
		boolean was = this.opened;
		boolean told = this.closed;
		this.closed = true;
		release();
		if (told) {
			return;
		}
		if (was) {
			this.listener.lost(failure);
		}
		else {
			this.listener.failed(failure, this.timings);
		}
	}

	public void completed() {
		ended(StreamFailure.sent(Phase.CONNECTION, "the WebSocket has ended", this.peer, null));
	}

	@Override
	public ByteBufAllocator alloc() {
		return this.executor.allocator();
	}

	@Override
	public String peer() {
		return this.peer;
	}

	@Override
	public boolean isWritable() {
		this.full |= this.queuedBytes >= HIGH_WATER_MARK;
		return !this.full;
	}

	@Override
	public void write(ByteBuf bytes) {
		if (this.closed) {
			bytes.release();
			return;
		}
		this.queue.add(bytes);
		this.queuedBytes += bytes.readableBytes();
	}

	@Override
	public void flush() {
		if (!this.queue.isEmpty() && !this.closed) {
			this.transport.requestWrite();
		}
	}

	@Override
	public boolean isFlushed() {
		return this.queue.isEmpty();
	}

	@Override
	public void awaitFlushed() {
		this.awaited = true;
	}

	@Override
	public void read(boolean wanted) {
		if (wanted) {
			this.transport.resumeReading();
		}
		else {
			this.transport.pauseReading();
		}
	}

	/** What is queued goes out before the closing handshake. */
	@Override
	public void finish() {
		this.executor.execute(() -> this.executor.execute(() -> {
			if (!this.closed) {
				close();
				this.listener.finished();
			}
		}));
	}

	@Override
	public void close() {
		boolean was = this.closed;
		this.closed = true;
		release();
		if (!was) {
			this.transport.close();
			this.transport.release();
		}
	}

	private void release() {
		for (@Nullable
		ByteBuf next = this.queue.poll(); next != null; next = this.queue.poll()) {
			next.release();
		}
		this.queuedBytes = 0;
	}

}
