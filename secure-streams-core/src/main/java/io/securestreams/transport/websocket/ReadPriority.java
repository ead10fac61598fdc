package io.securestreams.transport.websocket;

/**
 * Whose turn it is on one connection, reading's or writing's. With
 * {@code ws_prioritize_reads} slots wait as long as each look at the socket finds
 * something to read, within bounds, and others are offered after the next look only.
 */
final class ReadPriority {

	/** After so many looks that have found something there is one slot nevertheless. */
	static final int MAX_LOOKS = 64;

	/** Slots between two looks. */
	private static final int SLOTS = 16;

	private final boolean wanted;

	private boolean arrived;

	private int looks;

	ReadPriority(boolean wanted) {
		this.wanted = wanted;
	}

	boolean isWanted() {
		return this.wanted;
	}

	/** Something has been read. */
	void arrived() {
		this.arrived = true;
	}

	/**
	 * Asks for slots to be served now.
	 * @param usual how many there would be otherwise
	 * @return how many; 0 to look at the socket again first
	 */
	int slots(int usual) {
		if (!this.wanted) {
			return usual;
		}
		if (!this.arrived) {
			this.looks = 0;
			return SLOTS;
		}
		this.arrived = false;
		if (++this.looks < MAX_LOOKS) {
			return 0;
		}
		this.looks = 0;
		return 1;
	}

}
