package io.securestreams.transport.websocket;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.websocket.frame.Carrier;
import io.securestreams.transport.websocket.frame.WebSocketFrameWriter;

/**
 * Offers slots to the application, as many in a turn as is fair to the other connections
 * of the event loop, and as the carrier takes. On the connection's executor.
 */
final class SlotTurns {

	/** After so many slots other connections of the event loop have their turn. */
	static final int MOST = 256;

	private static final int BYTES_PER_TURN = 1024 * 1024;

	/**
	 * Slots after the connection has ended and before the rest of the input is given up.
	 */
	private static final int MAX_DROPPED = 4096;

	private final StreamLink link;

	private final Carrier carrier;

	private final WebSocketFrameWriter frames;

	private final ReadPriority priority;

	private final int usualCapacity;

	private final Runnable turn;

	private boolean wanted;

	private boolean serving;

	private boolean scheduled;

	/** The application is told nothing any more. */
	private boolean stopped;

	/** Nothing leaves any more, but the application does not know it yet. */
	private boolean dropping;

	private int turnBytes;

	private int dropped;

	/**
	 * Makes turns, which begin with the first slot that is wanted.
	 * @param link the stream
	 * @param carrier says how much it takes
	 * @param frames what is on its way to it
	 * @param readsFirst whether reading comes first
	 * @param usualCapacity bytes of a slot
	 * @param turn what the connection does in a turn of its own
	 */
	SlotTurns(StreamLink link, Carrier carrier, WebSocketFrameWriter frames, boolean readsFirst, int usualCapacity,
			Runnable turn) {
		this.link = link;
		this.carrier = carrier;
		this.frames = frames;
		this.priority = new ReadPriority(readsFirst);
		this.usualCapacity = usualCapacity;
		this.turn = turn;
	}

	void want(boolean slot) {
		this.wanted = slot;
	}

	boolean isWanted() {
		return this.wanted;
	}

	boolean isServing() {
		return this.serving;
	}

	/** Offers no more. */
	void stop() {
		this.stopped = true;
		this.wanted = false;
	}

	/** Slots are offered as before, but what is written does not go to the carrier. */
	void drop() {
		this.dropping = true;
	}

	/** Something has been written in this turn. */
	void written(int bytes) {
		this.turnBytes += bytes;
		this.dropped += this.dropping ? 1 : 0;
	}

	/**
	 * Whether more has been dropped than an application needs that has paused until it
	 * gets rid of something: it must be able to, or it would wait for ever for the end
	 * that comes after what has still to be delivered.
	 */
	boolean isEnough() {
		return this.dropped > MAX_DROPPED;
	}

	/** Whether slots wait as long as there is something to read. */
	boolean isReadingFirst() {
		return this.priority.isWanted();
	}

	/** Something has been read. */
	void arrived() {
		this.priority.arrived();
	}

	/** Returns how many slots there may be now. */
	int due() {
		return this.priority.slots(MOST);
	}

	/** Offers slots as long as they are wanted, within the bounds of a turn. */
	void serve(int most) {
		this.serving = true;
		this.turnBytes = 0;
		try {
			int slots = most;
			while (this.wanted && !this.stopped) {
				int capacity = capacity();
				if (capacity == 0) {
					break;
				}
				if (slots-- == 0 || this.turnBytes > BYTES_PER_TURN) {
					schedule();
					break;
				}
				this.wanted = false;
				this.link.writable(capacity);
			}
		}
		finally {
			this.serving = false;
		}
	}

	/** What a slot may take now; 0 to wait. */
	private int capacity() {
		if (this.dropping) {
			return this.usualCapacity;
		}
		int capacity = this.carrier.capacity(this.usualCapacity, this.frames.collected());
		if (capacity == 0) {
			this.frames.flush();
			capacity = this.carrier.capacity(this.usualCapacity, 0);
			if (capacity == 0) {
				this.carrier.awaitWritable();
			}
		}
		return capacity;
	}

	/** Has the connection run a turn, soon. */
	void schedule() {
		if (!this.scheduled) {
			this.scheduled = true;
			StreamExecutor executor = this.link.executor();
			if (this.priority.isWanted()) {
				executor.executeAfterPoll(this.turn);
			}
			else {
				executor.execute(this.turn);
			}
		}
	}

	/** The turn that was to come is here. */
	void begun() {
		this.scheduled = false;
	}

}
