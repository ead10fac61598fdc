package io.securestreams.transport.mqtt.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.StreamExecutor;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.transport.loop.ValidityTimer;

/**
 * Keeps a connection alive, and finds out whether the broker is: something is sent before
 * the keep-alive is over, and a broker that is silent for too long is given up. On the
 * session's executor.
 */
public final class LifeSigns {

	private final StreamExecutor executor;

	private final ValidityTimer validity;

	private long keepAliveNanos;

	private final Runnable ping;

	private StreamExecutor.@Nullable Timer timer;

	private long sentNanos;

	/**
	 * Makes a stopped watch.
	 * @param link the stream that has made the connection
	 * @param keepAliveSeconds of CONNECT, 0 for none
	 * @param ping sends PINGREQ
	 * @param hangup ends the connection; the watch is stopped then
	 */
	public LifeSigns(ClientLink link, int keepAliveSeconds, Runnable ping, Runnable hangup) {
		this.executor = link.executor();
		this.ping = ping;
		// Early enough that the broker has it in time
		this.keepAliveNanos = TimeUnit.SECONDS.toNanos(keepAliveSeconds) * 4 / 5;
		RetryPolicy policy = link.policy().persistence().retry();
		Duration keepAlive = Duration.ofSeconds(keepAliveSeconds);
		Duration asks = policy.validityPing();
		if (keepAliveSeconds > 0 && (asks.isZero() || asks.compareTo(keepAlive) > 0)) {
			asks = keepAlive;
		}
		Duration ends = policy.validityHangup();
		if (ends.isZero()) {
			ends = keepAlive.multipliedBy(2);
		}
		this.validity = ValidityTimer.of(link, new RetryPolicy(policy.name(), policy.backoff(), 0, 0, asks, ends), ping,
				hangup);
	}

	/**
	 * Starts.
	 * @param demanded keep-alive that the broker demands, s, or -1
	 */
	public void start(int demanded) {
		if (demanded >= 0) {
			this.keepAliveNanos = TimeUnit.SECONDS.toNanos(demanded) * 4 / 5;
		}
		this.validity.start();
		sent();
		if (this.keepAliveNanos > 0) {
			schedule(this.keepAliveNanos);
		}
	}

	public void stop() {
		this.validity.stop();
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/** Gives the broker as much time again. */
	public void extend() {
		this.validity.start();
	}

	/** The broker has sent something. */
	public void received() {
		this.validity.confirm();
	}

	/** Something is sent. */
	public void sent() {
		if (this.keepAliveNanos > 0) {
			this.sentNanos = this.executor.nanoTime();
		}
	}

	private void expired() {
		long idle = this.executor.nanoTime() - this.sentNanos;
		if (idle >= this.keepAliveNanos) {
			schedule(this.keepAliveNanos);
			this.ping.run();
		}
		else {
			schedule(this.keepAliveNanos - idle);
		}
	}

	private void schedule(long nanos) {
		this.timer = this.executor.schedule(this::expired, nanos / 1_000_000 + 1);
	}

}
