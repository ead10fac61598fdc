package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * The receiving half of a stream: its window (RFC 9113 section 5.2), and what has arrived
 * while reading was paused.
 */
public final class IncomingData {

	private final Http2Stream stream;

	private final Http2Connection connection;

	private final boolean manualCredit;

	private final int fullWindow;

	/** Bytes the peer may still send. */
	private int window;

	private int consumed;

	private boolean paused;

	private boolean delivering;

	/** Never more than the window. */
	private @Nullable ByteBuf held;

	IncomingData(Http2Stream stream, Http2Connection connection, boolean manualCredit) {
		this.stream = stream;
		this.connection = connection;
		this.manualCredit = manualCredit;
		this.fullWindow = connection.streamWindow();
		this.window = this.fullWindow;
	}

	/**
	 * Whether the peer could send and its data would be delivered.
	 */
	public boolean isExpecting() {
		return !this.paused && this.window > 0;
	}

	/**
	 * Whether everything that has arrived has been delivered.
	 */
	boolean isDrained() {
		return !this.paused && !this.delivering && this.held == null;
	}

	void pause() {
		this.paused = true;
	}

	void resume() {
		this.paused = false;
	}

	/**
	 * Lets the peer send more, where credit is given by hand.
	 * @param bytes positive
	 */
	void grant(int bytes) {
		int grant = (int) Math.min(bytes, (long) Integer.MAX_VALUE - this.window);
		if (this.manualCredit && grant > 0) {
			this.window += grant;
			this.connection.writer().windowUpdate(this.stream.id(), grant);
		}
	}

	/**
	 * A frame has arrived.
	 * @param flowLength what it takes from the window
	 */
	void charge(int flowLength) throws Http2Violation {
		if (flowLength > this.window) {
			throw new Http2Violation(Http2Error.FLOW_CONTROL_ERROR, "DATA of " + flowLength + " bytes on stream "
					+ this.stream.id() + " with a window of " + this.window);
		}
		this.window -= flowLength;
	}

	/**
	 * Delivers data, or holds it.
	 * @param data borrowed
	 */
	void receive(ByteBuf data) {
		if (this.paused || this.delivering || this.held != null) {
			if (this.held == null) {
				this.held = this.connection.output().allocate(data.readableBytes());
			}
			this.held.writeBytes(data);
		}
		else {
			deliver(data);
		}
	}

	/**
	 * Delivers what is held, as long as reading is not paused again.
	 */
	void drain() {
		while (!this.paused && !this.delivering && this.held != null) {
			ByteBuf data = this.held;
			this.held = null;
			try {
				deliver(data);
			}
			finally {
				data.release();
			}
		}
	}

	/**
	 * Gives back to the peer what it may send again.
	 * @param bytes bytes that take no room any more
	 */
	void consume(int bytes) {
		if (this.manualCredit || !this.stream.isRouted()) {
			return;
		}
		this.consumed += bytes;
		if (this.consumed >= this.fullWindow / 2) {
			this.window += this.consumed;
			this.connection.writer().windowUpdate(this.stream.id(), this.consumed);
			this.consumed = 0;
		}
	}

	void release() {
		if (this.held != null) {
			this.held.release();
			this.held = null;
		}
	}

	private void deliver(ByteBuf data) {
		int length = data.readableBytes();
		this.delivering = true;
		try {
			this.stream.received(data);
		}
		finally {
			this.delivering = false;
		}
		consume(length);
	}

}
