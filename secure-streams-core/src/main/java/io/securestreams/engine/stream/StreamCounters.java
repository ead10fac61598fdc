package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.securestreams.stream.StreamCounts;

/**
 * Totals of one stream: written on its event loop only, read from any thread.
 */
public final class StreamCounters {

	/** Connection attempts. */
	public static final int ATTEMPTS = 0;

	/** Times CONNECTED. */
	public static final int CONNECTIONS = 1;

	/** Attempts that failed. */
	public static final int FAILURES = 2;

	/** Times QOS_ACK_REMOTE. */
	public static final int ACKNOWLEDGED = 3;

	/** Times QOS_NACK_REMOTE. */
	public static final int REJECTED = 4;

	static final int RECEIVED_BYTES = 5;

	static final int RECEIVED_MESSAGES = 6;

	static final int SENT_BYTES = 7;

	static final int SENT_MESSAGES = 8;

	private static final VarHandle TOTAL = MethodHandles.arrayElementVarHandle(long[].class);

	private final long[] totals = new long[SENT_MESSAGES + 1];

	/**
	 * Counts; on the event loop.
	 * @param counter one of the constants
	 * @param amount how much more
	 */
	public void add(int counter, long amount) {
		// One writer: no atomic addition, and no fence for readers who only look
		TOTAL.setRelease(this.totals, counter, this.totals[counter] + amount);
	}

	StreamCounts snapshot() {
		return StreamCounts.builder()
			.attempts(get(ATTEMPTS))
			.connections(get(CONNECTIONS))
			.failures(get(FAILURES))
			.acknowledged(get(ACKNOWLEDGED))
			.rejected(get(REJECTED))
			.received(get(RECEIVED_BYTES), get(RECEIVED_MESSAGES))
			.sent(get(SENT_BYTES), get(SENT_MESSAGES))
			.build();
	}

	private long get(int counter) {
		return (long) TOTAL.getAcquire(this.totals, counter);
	}

}
