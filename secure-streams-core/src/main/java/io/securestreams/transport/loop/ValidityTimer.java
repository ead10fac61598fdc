package io.securestreams.transport.loop;

import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.platform.WakeLock;
import org.jspecify.annotations.Nullable;

/**
 * Watches over a connection's signs of life: {@code svalidping} after the last one it
 * asks for another, {@code svalidhup} after the last one it gives up. On the connection's
 * executor. A sign of life costs a look at the clock; timers move when they expire.
 */
public final class ValidityTimer {

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final StreamExecutor executor;

	private final long pingNanos;

	private final long hangupNanos;

	private final Runnable ping;

	private final Runnable hangup;

	private final WakeLock wakeLock;

	private final String stream;

	/** A sign of life is overdue. */
	private WakeLock.@Nullable Held held;

	private long provenNanos;

	private boolean pinged;

	private StreamExecutor.@Nullable Timer timer;

	/**
	 * Makes a stopped timer.
	 * @param executor the connection's executor
	 * @param retry the times; zero hangup turns the whole off, a ping not before the
	 * hangup is left out
	 * @param ping asks the peer for a sign of life
	 * @param hangup ends the connection; the timer is stopped then
	 */
	public ValidityTimer(StreamExecutor executor, RetryPolicy retry, Runnable ping, Runnable hangup) {
		this(executor, retry, ping, hangup, WakeLock.NONE, "");
	}

	/**
	 * Makes a stopped timer for a connection of one stream, by its policy.
	 * @param link the stream
	 * @param ping asks the peer for a sign of life
	 * @param hangup ends the connection; the timer is stopped then
	 * @return the timer
	 */
	public static ValidityTimer of(StreamLink link, Runnable ping, Runnable hangup) {
		return new ValidityTimer(link.executor(), link.policy().persistence().retry(), ping, hangup, link.wakeLock(),
				link.tag());
	}

	/**
	 * Makes a stopped timer for a connection, by other times than its policy's.
	 * @param link the stream that has made the connection
	 * @param retry the times, see the constructor
	 * @param ping asks the peer for a sign of life
	 * @param hangup ends the connection; the timer is stopped then
	 * @return the timer
	 */
	public static ValidityTimer of(StreamLink link, RetryPolicy retry, Runnable ping, Runnable hangup) {
		return new ValidityTimer(link.executor(), retry, ping, hangup, link.wakeLock(), link.tag());
	}

	ValidityTimer(StreamExecutor executor, RetryPolicy retry, Runnable ping, Runnable hangup, WakeLock wakeLock,
			String stream) {
		this.wakeLock = wakeLock;
		this.stream = stream;
		this.executor = executor;
		this.hangupNanos = retry.validityHangup().toNanos();
		long pingAfter = retry.validityPing().toNanos();
		this.pingNanos = (pingAfter > 0 && pingAfter < this.hangupNanos) ? pingAfter : this.hangupNanos;
		this.ping = ping;
		this.hangup = hangup;
	}

	/** Starts, with a sign of life now. */
	public void start() {
		confirm();
		if (this.hangupNanos > 0 && this.timer == null) {
			schedule(this.pingNanos);
		}
	}

	/** The peer has shown a sign of life. */
	public void confirm() {
		if (this.hangupNanos > 0) {
			this.provenNanos = this.executor.nanoTime();
			this.pinged = false;
			if (this.held != null) {
				release();
			}
		}
	}

	/** Stops for good or until {@link #start()}. */
	public void stop() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
		release();
	}

	private void expired() {
		this.timer = null;
		long idle = this.executor.nanoTime() - this.provenNanos;
		if (idle >= this.hangupNanos) {
			acquire();
			this.hangup.run();
			release();
			return;
		}
		boolean due = !this.pinged && idle >= this.pingNanos;
		if (due) {
			this.pinged = true;
			acquire();
		}
		schedule((this.pinged ? this.hangupNanos : this.pingNanos) - idle);
		if (due) {
			this.ping.run();
		}
	}

	private void acquire() {
		if (this.held == null) {
			this.held = this.wakeLock.acquire(this.stream);
		}
	}

	private void release() {
		WakeLock.Held current = this.held;
		this.held = null;
		if (current != null) {
			current.release();
		}
	}

	private void schedule(long nanos) {
		// Rounded up, or it would expire just before the time has come
		this.timer = this.executor.schedule(this::expired, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
	}

}
