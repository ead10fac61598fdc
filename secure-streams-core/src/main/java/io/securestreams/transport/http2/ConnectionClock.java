package io.securestreams.transport.http2;

import io.securestreams.policy.RetryPolicy;

/**
 * Decides when a connection is idle, when the peer has had our settings for too long, and
 * when its peer has been silent for too long ({@code svalidping}, {@code svalidhup}).
 * Times are ns of the event loop's clock.
 */
public final class ConnectionClock {

	private static final long NANOS_PER_MILLI = 1_000_000;

	private static final long MAX_TICK_MILLIS = 1000;

	private static final long MIN_TICK_MILLIS = 5;

	private final long pingNanos;

	private final long hangUpNanos;

	private final long idleNanos;

	private final long settingsNanos;

	private final long tickMillis;

	private long lastProof;

	private long idleSince;

	private long settingsSince;

	private boolean acknowledged;

	/** PINGs the peer still has to answer. */
	private int unanswered;

	private boolean pinged;

	/** Makes the clock of a new connection. */
	public ConnectionClock(RetryPolicy validity, Http2Limits limits) {
		this.hangUpNanos = validity.validityHangup().toNanos();
		this.pingNanos = validity.validityPing().toNanos();
		this.idleNanos = limits.idleMillis() * NANOS_PER_MILLI;
		this.settingsNanos = limits.headMillis() * NANOS_PER_MILLI;
		long shortest = Math.min(Math.min(limits.headMillis(), limits.bodyMillis()), limits.idleMillis());
		if (this.hangUpNanos > 0) {
			shortest = Math.min(shortest, this.hangUpNanos / NANOS_PER_MILLI);
			if (this.pingNanos > 0) {
				shortest = Math.min(shortest, this.pingNanos / NANOS_PER_MILLI);
			}
		}
		this.tickMillis = Math.max(MIN_TICK_MILLIS, Math.min(MAX_TICK_MILLIS, shortest / 4));
	}

	/**
	 * Returns how often time is to be looked at, ms.
	 */
	long tickMillis() {
		return this.tickMillis;
	}

	/**
	 * The peer is alive: it has sent something.
	 */
	void proof(long now) {
		this.lastProof = now;
		this.pinged = false;
	}

	long lastProof() {
		return this.lastProof;
	}

	void idleSince(long now) {
		this.idleSince = now;
	}

	/**
	 * Our settings are on their way.
	 */
	void settingsSent(long now) {
		this.settingsSince = now;
	}

	/**
	 * The peer has acknowledged them.
	 */
	void acknowledged() {
		this.acknowledged = true;
	}

	boolean isAcknowledged() {
		return this.acknowledged;
	}

	/**
	 * Whether the peer should have acknowledged them by now (RFC 9113 section 6.5.3).
	 */
	boolean isSettingsTimeout(long now) {
		return !this.acknowledged && now - this.settingsSince >= this.settingsNanos;
	}

	boolean isIdle(long now) {
		return now - this.idleSince >= this.idleNanos;
	}

	/**
	 * Says what is due now.
	 */
	Action validity(long now) {
		if (this.hangUpNanos == 0) {
			return Action.NONE;
		}
		long silent = now - this.lastProof;
		if (silent >= this.hangUpNanos) {
			return Action.HANG_UP;
		}
		if (!this.pinged && this.pingNanos > 0 && this.pingNanos < this.hangUpNanos && silent >= this.pingNanos) {
			this.pinged = true;
			this.unanswered++;
			return Action.PING;
		}
		return Action.NONE;
	}

	/**
	 * A PING has been answered.
	 * @return {@code false} if none was sent
	 */
	boolean pong() {
		if (this.unanswered == 0) {
			return false;
		}
		this.unanswered--;
		return true;
	}

	enum Action {

		NONE, PING, HANG_UP

	}

}
