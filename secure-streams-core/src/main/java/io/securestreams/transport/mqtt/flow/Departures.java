package io.securestreams.transport.mqtt.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Messages of QoS 0 that have been written but may not have left: nobody acknowledges
 * them, so that they count as sent once the system has them. On the session's executor.
 */
public final class Departures {

	private final int maxSpare;

	private final Deque<Entry> waiting = new ArrayDeque<>();

	private final List<Entry> spare = new ArrayList<>();

	private long turn;

	/**
	 * Makes none.
	 * @param maxSpare objects that are kept to be used again
	 */
	public Departures(int maxSpare) {
		this.maxSpare = maxSpare;
	}

	/**
	 * A message has been written.
	 * @param target who is told
	 * @param ordinal its number for the sender
	 */
	public void add(InFlightMessage.Answered target, long ordinal) {
		Entry entry = this.spare.isEmpty() ? new Entry() : this.spare.remove(this.spare.size() - 1);
		entry.target = target;
		entry.ordinal = ordinal;
		entry.turn = this.turn;
		this.waiting.add(entry);
	}

	/** The connection is gone: messages that have not left are not going to. */
	public void drop() {
		for (Entry entry = this.waiting.poll(); entry != null; entry = this.waiting.poll()) {
			if (entry.target != null) {
				entry.target.lost(entry.ordinal);
			}
		}
	}

	/**
	 * Whether there are any.
	 * @return {@code true} if nothing waits
	 */
	public boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/**
	 * What has been written is being sent.
	 * @return the number of the turn that is over
	 */
	public long endTurn() {
		return this.turn++;
	}

	/**
	 * Everything has left that was written in a turn, and before.
	 * @param number the turn's
	 */
	public void flushed(long number) {
		while (true) {
			Entry entry = this.waiting.peek();
			if (entry == null || entry.turn > number) {
				return;
			}
			this.waiting.remove();
			InFlightMessage.Answered target = entry.target;
			long ordinal = entry.ordinal;
			entry.target = null;
			if (this.spare.size() < this.maxSpare) {
				this.spare.add(entry);
			}
			if (target != null) {
				target.answered(ordinal, true);
			}
		}
	}

	/** Used again and again. */
	private static final class Entry {

		private InFlightMessage.@Nullable Answered target;

		private long ordinal;

		private long turn;

	}

}
