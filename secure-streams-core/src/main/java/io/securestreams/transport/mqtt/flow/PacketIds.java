package io.securestreams.transport.mqtt.flow;

import java.util.BitSet;

/**
 * Numbers of packets that are under way; none is used twice at a time.
 */
public final class PacketIds {

	/** Most messages that may be under way: others need numbers, too. */
	public static final int MAX_MESSAGES = 65_000;

	private static final int MAX = 65_535;

	private final BitSet used = new BitSet();

	private int last;

	/** Takes a number; there is one, for fewer are under way. */
	public int take() {
		int next = this.used.nextClearBit(this.last + 1);
		if (next > MAX) {
			next = this.used.nextClearBit(1);
		}
		this.used.set(next);
		this.last = next;
		return next;
	}

	public void release(int id) {
		this.used.clear(id);
	}

}
