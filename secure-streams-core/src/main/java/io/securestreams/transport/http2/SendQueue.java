package io.securestreams.transport.http2;

import java.util.ArrayDeque;

import io.netty.handler.codec.http2.Http2Error;

import io.securestreams.transport.http2.frame.FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * The connection's send window (RFC 9113 section 5.2) and the streams that wait for their
 * turn: one piece of a body each, in order.
 */
final class SendQueue {

	private final ArrayDeque<OutgoingData> streams = new ArrayDeque<>();

	private long window = FrameWriter.DEFAULT_WINDOW;

	private boolean running;

	long window() {
		return this.window;
	}

	boolean isEmpty() {
		return this.streams.isEmpty();
	}

	void add(OutgoingData stream) {
		this.streams.add(stream);
	}

	void sent(int bytes) {
		this.window -= bytes;
	}

	void grow(int increment, boolean tolerant) throws Http2Violation {
		this.window += increment;
		if (this.window > Integer.MAX_VALUE) {
			if (!tolerant) {
				throw new Http2Violation(Http2Error.FLOW_CONTROL_ERROR, "window of the connection overflows");
			}
			this.window = Integer.MAX_VALUE;
		}
	}

	/**
	 * Gives every waiting stream one turn.
	 * @param connection the connection
	 * @return whether there is more to do as soon as others have had their turn
	 */
	boolean run(Http2Connection connection) {
		if (this.running) {
			return false;
		}
		this.running = true;
		try {
			for (int turns = this.streams.size(); turns > 0; turns--) {
				if (this.window <= 0 || !connection.isWritable()) {
					return false;
				}
				OutgoingData stream = this.streams.poll();
				if (stream == null) {
					return false;
				}
				stream.turn();
			}
		}
		finally {
			this.running = false;
		}
		return !this.streams.isEmpty() && this.window > 0 && connection.isWritable();
	}

	void clear() {
		this.streams.clear();
	}

}
