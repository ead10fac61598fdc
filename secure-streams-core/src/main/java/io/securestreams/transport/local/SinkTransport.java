package io.securestreams.transport.local;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.LocalPair;
import io.securestreams.engine.spi.ReadyTransport;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;

/**
 * One end of a pair of streams in the same process (README key {@code local_sink}). What
 * is written at one end is what the other end receives: the same buffer, the same marks,
 * on the same event loop. A slot is offered only while the other end wants to receive, so
 * nothing is ever queued between them. When one end ends, so does the other.
 */
public final class SinkTransport implements ReadyTransport {

	/** Most bytes a slot takes, as on raw streams. */
	static final int SLOT_CAPACITY = 16 * 1024;

	/** After so many slots other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 64;

	private final Runnable turn = this::turn;

	private @Nullable SinkTransport peer;

	private @Nullable StreamLink link;

	/** The application does not want to receive. */
	private boolean paused;

	private boolean writeWanted;

	private boolean turnScheduled;

	private boolean draining;

	private boolean over;

	private SinkTransport() {
	}

	/**
	 * Makes both ends.
	 * @return a pair, not open yet
	 */
	public static LocalPair pair() {
		SinkTransport source = new SinkTransport();
		SinkTransport sink = new SinkTransport();
		source.peer = sink;
		sink.peer = source;
		return new LocalPair(source, sink);
	}

	@Override
	public void open(StreamLink link) {
		this.link = link;
		link.connected("local");
		scheduleTurn();
		SinkTransport other = this.peer;
		if (other != null) {
			other.scheduleTurn();
		}
		else if (!this.over) {
			link.executor().execute(this::end);
		}
	}

	/** Between source and sink there are messages, whatever the policy says. */
	@Override
	public TransportKind kind() {
		return TransportKind.MESSAGES;
	}

	@Override
	public void requestWrite() {
		this.writeWanted = true;
		scheduleTurn();
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		SinkTransport receiver = this.peer;
		StreamLink destination = (receiver != null) ? receiver.link : null;
		try {
			if (destination != null && !this.over) {
				destination.received(payload, flags);
			}
		}
		finally {
			payload.release();
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		if (this.peer != null) {
			this.peer.scheduleTurn();
		}
	}

	/** Ends both ends as soon as neither wants a slot any more. */
	@Override
	public void drain() {
		this.draining = true;
		scheduleTurn();
	}

	@Override
	public void close() {
		if (this.over) {
			return;
		}
		this.over = true;
		SinkTransport other = this.peer;
		this.peer = null;
		if (other != null) {
			other.left();
		}
	}

	/** The other end has gone; its stream learns of it in a turn of its own. */
	private void left() {
		this.peer = null;
		StreamLink mine = this.link;
		if (mine != null && !this.over) {
			mine.executor().execute(this::end);
		}
	}

	private void end() {
		StreamLink mine = this.link;
		if (mine != null && !this.over) {
			this.over = true;
			mine.completed();
		}
	}

	private void scheduleTurn() {
		StreamLink mine = this.link;
		if (mine != null && !this.turnScheduled && !this.over && (this.writeWanted || this.draining)) {
			this.turnScheduled = true;
			mine.executor().execute(this.turn);
		}
	}

	private void turn() {
		this.turnScheduled = false;
		try {
			serve();
		}
		catch (Throwable ex) {
			close();
			StreamLink mine = this.link;
			if (mine != null) {
				mine.closed(StreamFailure.sent(Phase.CONNECTION, "unexpected " + ex, "local", ex));
			}
		}
	}

	private void serve() {
		StreamLink mine = this.link;
		int slots = SLOTS_PER_TURN;
		while (mine != null && this.writeWanted && canWrite()) {
			if (slots-- == 0) {
				scheduleTurn();
				return;
			}
			this.writeWanted = false;
			mine.writable(SLOT_CAPACITY);
		}
		SinkTransport other = this.peer;
		if (other != null && isDrained(other)) {
			this.peer = null;
			other.left();
			end();
		}
	}

	/** Neither end has anything to say any more, and one of them wants to leave. */
	private boolean isDrained(SinkTransport other) {
		return !this.over && (this.draining || other.draining) && !this.writeWanted && !other.writeWanted;
	}

	private boolean canWrite() {
		SinkTransport receiver = this.peer;
		return !this.over && receiver != null && receiver.link != null && !receiver.over && !receiver.paused;
	}

}
