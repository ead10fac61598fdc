package io.securestreams.transport.raw;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * How long an accepted connection stays when its peer has ended its half: the application
 * may answer from another thread, later. On the connection's event loop.
 */
final class AnswerTime {

	/** Until something is sent after what was received last. */
	static final long ANSWER_MILLIS = 5000;

	/** After something was sent that late, for there may be more. */
	static final long MORE_MILLIS = 500;

	private final Channel channel;

	private final boolean accepted;

	/** Nothing was sent after what was received last. */
	private boolean owed;

	private boolean peerEnded;

	/** Something was sent after the peer's end. */
	private boolean late;

	private @Nullable Future<?> timer;

	/**
	 * Makes the time of one connection.
	 * @param channel the connection
	 * @param accepted whether the peer is the one who asks
	 */
	AnswerTime(Channel channel, boolean accepted) {
		this.channel = channel;
		this.accepted = accepted;
	}

	void received() {
		this.owed = true;
	}

	void sent() {
		this.owed = false;
		this.late = this.peerEnded;
	}

	void peerEnded() {
		this.peerEnded = true;
	}

	/**
	 * Everything is sent that is wanted so far.
	 * @param last comes when nothing more is to be expected, unless this is called again
	 */
	void elapse(Runnable last) {
		stop();
		if (!this.accepted || (!this.owed && !this.late)) {
			last.run();
			return;
		}
		this.timer = this.channel.eventLoop()
			.schedule(last, this.owed ? ANSWER_MILLIS : MORE_MILLIS, TimeUnit.MILLISECONDS);
	}

	void stop() {
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

}
