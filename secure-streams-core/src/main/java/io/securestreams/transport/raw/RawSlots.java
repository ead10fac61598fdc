package io.securestreams.transport.raw;

import io.netty.channel.Channel;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.transport.loop.ChannelTask;

/**
 * Offers slots to the application, as many in a turn as is fair to the other connections
 * of the event loop, and as the connection takes. On the connection's event loop.
 */
final class RawSlots {

	/** Most bytes a slot takes: what fits one TLS record (RFC 8446 section 5.1). */
	private static final int CAPACITY = 16 * 1024;

	/** After so many slots other connections of the event loop have their turn. */
	private static final int MOST = 64;

	private final StreamLink link;

	private final Channel channel;

	private final RawOutput output;

	private final Runnable turn;

	private boolean wanted;

	private boolean serving;

	private boolean scheduled;

	/** Nothing leaves any more. */
	private boolean stopped;

	/**
	 * Makes slots, the first of which is offered when one is wanted.
	 * @param link the stream
	 * @param channel the connection
	 * @param output takes what is written
	 * @param turn what the connection does in a turn of its own
	 */
	RawSlots(StreamLink link, Channel channel, RawOutput output, Runnable turn) {
		this.link = link;
		this.channel = channel;
		this.output = output;
		this.turn = ChannelTask.of(() -> channel, turn);
	}

	void want(boolean slot) {
		this.wanted = slot;
	}

	boolean isWanted() {
		return this.wanted && !this.stopped;
	}

	boolean isServing() {
		return this.serving;
	}

	/** Offers no more. */
	void stop() {
		this.stopped = true;
	}

	/**
	 * Offers slots as long as they are wanted, within the bounds of a turn, and flushes.
	 */
	void serve() {
		int slots = MOST;
		this.serving = true;
		try {
			while (slots > 0 && isWanted() && this.output.isWritable()) {
				slots--;
				this.wanted = false;
				this.link.writable(CAPACITY);
			}
			this.output.flush();
		}
		finally {
			this.serving = false;
		}
		if (slots == 0 && isWanted()) {
			schedule();
		}
	}

	/** Has the connection run a turn, soon. */
	void schedule() {
		if (!this.scheduled) {
			this.scheduled = true;
			this.channel.eventLoop().execute(this.turn);
		}
	}

	/** The turn that was to come is here. */
	void begun() {
		this.scheduled = false;
	}

}
