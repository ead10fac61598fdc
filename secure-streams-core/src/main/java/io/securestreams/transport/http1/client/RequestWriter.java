package io.securestreams.transport.http1.client;

import io.netty.buffer.ByteBuf;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.RequestBody.Framing;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http1.BodyWriter;
import io.securestreams.transport.http1.BodyWriter.Mode;
import io.securestreams.transport.loop.ChannelTask;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bodies of a connection's requests, asking for them as the peer takes them.
 */
final class RequestWriter {

	/** What is asked for at once; bytes. */
	private static final int CAPACITY = 16 * 1024;

	/** Slots before other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 16;

	private final Http1ClientConnection connection;

	private final EventLoopExecutor executor;

	private final ResponseClock clock;

	private final BodyWriter body;

	private final Runnable task;

	private boolean open;

	private boolean wanted;

	private boolean pumping;

	private boolean scheduled;

	RequestWriter(Http1ClientConnection connection, EventLoopExecutor executor, ResponseClock clock) {
		this.connection = connection;
		this.task = ChannelTask.of(connection::channel, this::run);
		this.executor = executor;
		this.clock = clock;
		this.body = new BodyWriter(connection);
	}

	/**
	 * A head has been written.
	 * @param next how the body that follows is framed
	 * @param expects whether the peer is asked first if it wants it
	 */
	void start(RequestBody next, boolean expects) {
		this.wanted = false;
		this.open = next.slots();
		if (!this.open) {
			this.body.start(Mode.NONE, 0);
			this.connection.flushSoon();
			return;
		}
		this.body.start((next.framing() == Framing.LENGTH) ? Mode.LENGTH : Mode.CHUNKED, next.length());
		if (expects) {
			this.connection.flushSoon();
		}
		else {
			// The head leaves together with the first of the body
			this.clock.requestOpen(false);
			schedule();
		}
	}

	/** Whether the peer has all of the request. */
	boolean isComplete() {
		return this.body.isComplete();
	}

	/** Whether more of the body may come. */
	boolean isOpen() {
		return this.open;
	}

	/** No more of it comes. */
	void stop() {
		this.open = false;
		this.wanted = false;
	}

	void requestWrite() {
		if (this.open) {
			this.wanted = true;
			schedule();
		}
	}

	void write(ByteBuf piece, boolean end) {
		if (!this.open) {
			piece.release();
			return;
		}
		this.body.write(piece);
		if (end) {
			this.body.end();
			this.open = false;
		}
		schedule();
	}

	private void schedule() {
		if (!this.scheduled && !this.pumping) {
			this.scheduled = true;
			this.executor.execute(this.task);
		}
	}

	private void run() {
		this.scheduled = false;
		pump();
	}

	/** The peer takes more, or no more; it may be a flush from here that has shown it. */
	void writabilityChanged() {
		if (this.open) {
			schedule();
		}
	}

	/** Asks for as much as the peer takes now. */
	private void pump() {
		ResponseListener listener = this.connection.listener();
		if (listener == null || this.pumping) {
			return;
		}
		boolean more = ask(listener);
		if (this.connection.isClosed()) {
			return;
		}
		this.connection.flushSoon();
		if (this.open) {
			this.clock.requestOpen(!this.connection.channel().isWritable());
		}
		else {
			this.clock.requestSent();
		}
		if (more) {
			schedule();
		}
	}

	/** Returns whether others have to have their turn before the rest. */
	private boolean ask(ResponseListener listener) {
		int slots = 0;
		this.pumping = true;
		try {
			while (this.wanted && this.connection.channel().isWritable()) {
				if (slots++ == SLOTS_PER_TURN) {
					return true;
				}
				this.wanted = false;
				listener.writable(CAPACITY);
				if (isGone(listener)) {
					return false;
				}
			}
		}
		finally {
			this.pumping = false;
		}
		return false;
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isGone(@Nullable ResponseListener listener) {
		return this.connection.listener() != listener;
	}

}
