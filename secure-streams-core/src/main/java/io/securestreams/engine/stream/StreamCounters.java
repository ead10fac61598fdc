package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

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
	public static final int FAILURES = 8;

	/** Times QOS_ACK_REMOTE. */
	public static final int ACKNOWLEDGED = 6;

	/** Times QOS_NACK_REMOTE. */
	public static final int REJECTED = 7;

	static final int RECEIVED_BYTES = 4;

	static final int RECEIVED_MESSAGES = 5;

	static final int SENT_BYTES = 2;

	static final int SENT_MESSAGES = 3;

	private static final VarHandle TOTAL = MethodHandles.arrayElementVarHandle(long[].class);

	/** All that a request without content counts, which is a stream of its own. */
	private static final int FEW = SENT_MESSAGES + 1;

	private static final int ALL = FAILURES + 1;

	private volatile long[] totals = new long[FEW];

	/**
	 * Counts; on the event loop.
	 * @param counter one of the constants
	 * @param amount how much more
	 */
	public void add(int counter, long amount) {
		// One writer: no atomic addition, and no fence for readers who only look
		long[] current = this.totals;
		if (counter >= current.length) {
			current = Arrays.copyOf(current, ALL);
			this.totals = current;
		}
		TOTAL.setRelease(current, counter, current[counter] + amount);
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
		long[] current = this.totals;
		return (counter < current.length) ? (long) TOTAL.getAcquire(current, counter) : 0;
	}

}
