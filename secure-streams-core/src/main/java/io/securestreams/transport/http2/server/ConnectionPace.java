package io.securestreams.transport.http2.server;

import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http.Pace;

/**
 * How slowly a client may send and take bodies. The least rate is one of all streams of
 * the connection together, among which the client may divide what its line gives. Looked
 * at about once a second.
 */
final class ConnectionPace {

	private final Pace receiving;

	private final Pace sending;

	private boolean waiting;

	private boolean blocked;

	ConnectionPace(HttpServerLimits limits) {
		this.receiving = new Pace(limits.bodyTimeout(), limits.minDataRate());
		this.sending = new Pace(limits.bodyTimeout(), limits.minDataRate());
	}

	void received(long now, int bytes) {
		this.receiving.moved(now, bytes);
	}

	void sent(long now, int bytes) {
		this.sending.moved(now, bytes);
	}

	/**
	 * Notes that a stream waits, or does not.
	 * @param now current time
	 * @param waitsForData whether it waits for the client to send
	 * @param waitsForRoom whether it waits for the client to take
	 * @return whether it has been waiting for too little
	 */
	boolean isTooSlow(long now, boolean waitsForData, boolean waitsForRoom) {
		this.waiting |= waitsForData;
		this.blocked |= waitsForRoom;
		return (waitsForData && this.receiving.isLate(now)) || (waitsForRoom && this.sending.isLate(now));
	}

	/** All streams have been looked at. */
	void tick(long now) {
		next(this.receiving, this.waiting, now);
		next(this.sending, this.blocked, now);
		this.waiting = false;
		this.blocked = false;
	}

	/** Those that were too slow are gone: for the others it starts again. */
	private static void next(Pace pace, boolean awaited, long now) {
		if (pace.isLate(now)) {
			pace.restart();
		}
		if (awaited) {
			pace.run(now);
		}
		else {
			pace.hold(now);
		}
	}

}
