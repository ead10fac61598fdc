package io.securestreams.engine.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.securestreams.stream.StreamCounts;
import org.jspecify.annotations.Nullable;

/**
 * Totals of one stream: written on its event loop only, read from any thread. What a
 * request without content counts, which is a stream of its own, fits into one word.
 */
public abstract sealed class StreamCounters permits Requests {

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

	private static final VarHandle FEW;

	private static final VarHandle TOTALS;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			FEW = lookup.findVarHandle(StreamCounters.class, "few", long.class);
			TOTALS = lookup.findVarHandle(StreamCounters.class, "totals", long[].class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final int ALL = FAILURES + 1;

	/** Bits of each total that is in the word, and where they are. */
	private static final int[] WIDTH = { 8, 8, 32, 15 };

	private static final int[] SHIFT = { 0, 8, 16, 48 };

	/** The first totals, as long as they are small and there are no others. */
	private long few;

	private long @Nullable [] totals;

	StreamCounters() {
	}

	/**
	 * Counts; on the event loop.
	 * @param counter one of the constants
	 * @param amount how much more
	 */
	public final void add(int counter, long amount) {
		// One writer: no atomic addition, and no fence for readers who only look
		long[] current = this.totals;
		if (current == null) {
			if (counter < WIDTH.length && (few(this.few, counter) + amount) >>> WIDTH[counter] == 0) {
				FEW.setRelease(this, this.few + (amount << SHIFT[counter]));
				return;
			}
			current = new long[ALL];
			for (int i = 0; i < WIDTH.length; i++) {
				current[i] = few(this.few, i);
			}
			TOTALS.setRelease(this, current);
		}
		TOTAL.setRelease(current, counter, current[counter] + amount);
	}

	StreamCounts counts() {
		return StreamCounts.builder()
			.attempts(total(ATTEMPTS))
			.connections(total(CONNECTIONS))
			.failures(total(FAILURES))
			.acknowledged(total(ACKNOWLEDGED))
			.rejected(total(REJECTED))
			.received(total(RECEIVED_BYTES), total(RECEIVED_MESSAGES))
			.sent(total(SENT_BYTES), total(SENT_MESSAGES))
			.build();
	}

	private long total(int counter) {
		long[] current = (long[]) TOTALS.getAcquire(this);
		if (current != null) {
			return (long) TOTAL.getAcquire(current, counter);
		}
		return (counter < WIDTH.length) ? few((long) FEW.getAcquire(this), counter) : 0;
	}

	private static long few(long word, int counter) {
		return word >>> SHIFT[counter] & (1L << WIDTH[counter]) - 1;
	}

}
