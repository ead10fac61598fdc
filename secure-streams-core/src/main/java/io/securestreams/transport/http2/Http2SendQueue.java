package io.securestreams.transport.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.frame.Http2FrameWriter;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * The connection's send window (RFC 9113 section 5.2) and the streams that wait for their
 * turn: one piece of a body each, in order.
 */
final class Http2SendQueue {

	/** Linked by the streams themselves, so that one that ends leaves at once. */
	private @Nullable OutgoingData first;

	private @Nullable OutgoingData last;

	private int size;

	private long window = Http2FrameWriter.DEFAULT_WINDOW;

	private boolean running;

	long window() {
		return this.window;
	}

	boolean isEmpty() {
		return this.first == null;
	}

	void add(OutgoingData stream) {
		OutgoingData before = this.last;
		stream.previous = before;
		if (before == null) {
			this.first = stream;
		}
		else {
			before.next = stream;
		}
		this.last = stream;
		this.size++;
	}

	/** Takes out a stream that is in the queue. */
	void remove(OutgoingData stream) {
		OutgoingData before = stream.previous;
		OutgoingData after = stream.next;
		if (before == null) {
			this.first = after;
		}
		else {
			before.next = after;
		}
		if (after == null) {
			this.last = before;
		}
		else {
			after.previous = before;
		}
		stream.previous = null;
		stream.next = null;
		this.size--;
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
	 * @param output sends what they give
	 * @return whether there is more to do as soon as others have had their turn
	 */
	boolean run(Http2Output output) {
		if (this.running) {
			return false;
		}
		this.running = true;
		try {
			for (int turns = this.size; turns > 0; turns--) {
				OutgoingData stream = this.first;
				if (stream == null || this.window <= 0 || !output.isWritable()) {
					return false;
				}
				remove(stream);
				stream.turn();
			}
		}
		finally {
			this.running = false;
		}
		return this.first != null && this.window > 0 && output.isWritable();
	}

}
