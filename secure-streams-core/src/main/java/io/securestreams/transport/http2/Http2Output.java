package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;

import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.http2.frame.PeerSettings;
import io.securestreams.transport.loop.ChannelTask;

/**
 * What a connection sends of bodies: whose turn it is, what the window of the connection
 * has room for, and what is held for those that have no window. Used on the connection's
 * event loop only.
 */
final class Http2Output {

	/**
	 * A peer that gives credit back in smaller pieces does more than there is cause for.
	 */
	private static final int CREDIT_UNIT = 1024;

	/** What may be on its way for a stream that we reset. */
	private static final int FRAMES_UNDER_WAY = 4;

	private final Channel channel;

	private final ConnectionSide side;

	private final PeerSettings peer;

	private final AbuseMeter meter;

	private final Http2SendQueue queue = new Http2SendQueue();

	private final Runnable task;

	private Http2FrameWriter writer;

	private boolean tolerant;

	private int held;

	/** While input is read, all that it leads to leaves together. */
	private boolean inTurn;

	private boolean scheduled;

	private boolean closed;

	@SuppressWarnings("NullAway.Init") // the writer needs the handler's context
	Http2Output(Channel channel, ConnectionSide side, PeerSettings peer, AbuseMeter meter) {
		this.channel = channel;
		this.task = ChannelTask.of(() -> channel, this::run);
		this.side = side;
		this.peer = peer;
		this.meter = meter;
	}

	void start(Http2FrameWriter frames) {
		this.writer = frames;
	}

	Http2FrameWriter writer() {
		return this.writer;
	}

	void close() {
		this.closed = true;
		this.writer.close();
	}

	/** Input is being read. */
	void startTurn() {
		this.inTurn = true;
		this.writer.startTurn();
	}

	boolean isInTurn() {
		return this.inTurn;
	}

	/** There is no more input for now. */
	void endTurn() {
		run();
		this.inTurn = false;
		this.writer.endTurn();
	}

	/** Whether the network takes more. */
	boolean isWritable() {
		return this.channel.isWritable() && !this.closed;
	}

	ByteBuf allocate(int bytes) {
		return this.channel.alloc().buffer(bytes);
	}

	/** Lets the peer make windows larger than they can be. */
	void tolerateWindowOverflow() {
		this.tolerant = true;
	}

	boolean isTolerant() {
		return this.tolerant;
	}

	/** Bytes the window of the connection has room for. */
	long window() {
		return this.queue.window();
	}

	void growWindow(int increment) throws Http2Violation {
		this.queue.grow(increment, this.tolerant);
		schedule();
	}

	void enqueue(OutgoingData data) {
		this.queue.add(data);
		schedule();
	}

	void leaveQueue(OutgoingData data) {
		this.queue.remove(data);
	}

	/** Sends DATA that the windows have room for. */
	void data(int streamId, ByteBuf data, boolean end) {
		int length = data.readableBytes();
		this.side.sent(length);
		this.queue.sent(length);
		this.meter.useful();
		// Its credit comes back for the stream and for the connection
		this.meter.caused(2 + length / CREDIT_UNIT);
		this.writer.data(streamId, data, end, this.peer.maxFrameSize());
	}

	/** Gives a stream up. */
	void reset(int streamId, Http2Error error) {
		this.meter.caused(FRAMES_UNDER_WAY);
		this.writer.reset(streamId, error.code());
	}

	/** How many bytes are held that the windows have no room for. */
	int held() {
		return this.held;
	}

	/** More is held, or less. */
	void hold(int change) {
		this.held += change;
		this.side.held(change);
	}

	/** Sends, soon, what waits for its turn. */
	void schedule() {
		if (!this.inTurn && !this.scheduled && !this.queue.isEmpty()) {
			this.scheduled = true;
			this.channel.eventLoop().execute(this.task);
		}
	}

	private void run() {
		this.scheduled = false;
		if (!this.closed && this.queue.run(this)) {
			// Others on this event loop first
			this.scheduled = true;
			this.channel.eventLoop().execute(this.task);
		}
	}

}
