package io.securestreams.transport.websocket.frame;

/**
 * Counts control frames, which cost an answer each and which no flow control holds back.
 */
final class FloodMeter {

	private static final long WINDOW_NANOS = 1_000_000_000L;

	private final int limit;

	private long windowStart;

	private int count;

	FloodMeter(int limit) {
		this.limit = limit;
	}

	/** Counts one; {@code false} if there have been too many in a second. */
	boolean admit(long nanoTime) {
		if (this.count == 0 || nanoTime - this.windowStart > WINDOW_NANOS) {
			this.windowStart = nanoTime;
			this.count = 0;
		}
		return ++this.count <= this.limit;
	}

}
