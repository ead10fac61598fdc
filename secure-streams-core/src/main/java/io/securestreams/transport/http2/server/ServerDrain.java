package io.securestreams.transport.http2.server;

import java.util.concurrent.TimeUnit;

import io.netty.handler.codec.http2.Http2Error;

/**
 * Leaves a connection without losing requests that are on their way: says so, and counts
 * those that arrive until the client has heard it (RFC 9113 section 6.8).
 */
final class ServerDrain {

	private static final long PING = 0x6472_6169_6e31L;

	private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Http2ServerConnection connection;

	private State state = State.NONE;

	private long since;

	ServerDrain(Http2ServerConnection connection) {
		this.connection = connection;
	}

	private enum State {

		NONE, ANNOUNCED, FINAL

	}

	void start(String reason) {
		if (this.connection.isServing() && this.state == State.NONE) {
			this.state = State.ANNOUNCED;
			this.since = this.connection.now();
			this.connection.writer().goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR.code(), reason);
			this.connection.writer().ping(PING, false);
		}
	}

	/**
	 * A PING has been answered.
	 * @param payload what was in it
	 * @return whether it was the one of this
	 */
	boolean pong(long payload) {
		boolean ours = this.state == State.ANNOUNCED && payload == PING;
		if (ours) {
			finish();
		}
		return ours;
	}

	/** Some clients do not answer a PING. */
	void tick(long now) {
		if (this.state == State.ANNOUNCED && now - this.since >= MOST_NANOS) {
			finish();
		}
	}

	private void finish() {
		this.state = State.FINAL;
		this.connection.finishDrain();
	}

}
