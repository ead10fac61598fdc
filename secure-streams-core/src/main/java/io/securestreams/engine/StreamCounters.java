package io.securestreams.engine;

import java.util.concurrent.atomic.AtomicLongArray;

import io.securestreams.stream.StreamSnapshot;

/**
 * Totals of one stream: written on its event loop only, read from any thread.
 */
final class StreamCounters {

	static final int ATTEMPTS = 0;

	static final int CONNECTIONS = 1;

	static final int FAILURES = 2;

	static final int ACKNOWLEDGED = 3;

	static final int REJECTED = 4;

	static final int RECEIVED_BYTES = 5;

	static final int RECEIVED_MESSAGES = 6;

	static final int SENT_BYTES = 7;

	static final int SENT_MESSAGES = 8;

	private final AtomicLongArray totals = new AtomicLongArray(SENT_MESSAGES + 1);

	void add(int counter, long amount) {
		// One writer: no atomic addition, and no fence for readers who only look
		this.totals.lazySet(counter, this.totals.getPlain(counter) + amount);
	}

	StreamSnapshot.Counters snapshot() {
		return new StreamSnapshot.Counters(get(ATTEMPTS), get(CONNECTIONS), get(FAILURES), get(ACKNOWLEDGED),
				get(REJECTED), get(RECEIVED_BYTES), get(RECEIVED_MESSAGES), get(SENT_BYTES), get(SENT_MESSAGES));
	}

	private long get(int counter) {
		return this.totals.get(counter);
	}

}
