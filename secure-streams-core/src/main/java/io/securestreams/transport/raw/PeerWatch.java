package io.securestreams.transport.raw;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.transport.loop.KeepAlive;
import io.securestreams.transport.loop.ValidityTimer;

/**
 * Finds out whether a peer that is silent is still there: the system does as far as it
 * can, a timer for the rest. On the connection's event loop.
 */
final class PeerWatch {

	private final KeepAlive system;

	private final @Nullable ValidityTimer timer;

	private final Runnable hangup;

	/** Something was sent after the last sign of life. */
	private boolean unanswered;

	/**
	 * Makes a stopped watch.
	 * @param link the stream
	 * @param channel its connection
	 * @param hangup ends the connection; the watch is stopped then
	 */
	PeerWatch(StreamLink link, Channel channel, Runnable hangup) {
		this.hangup = hangup;
		RetryPolicy retry = link.policy().persistence().retry();
		this.system = KeepAlive.start(channel, retry);
		// Silence by itself is no reason unless the policy asks for it
		boolean enough = this.system == KeepAlive.FULL || retry.equals(RetryPolicy.NONE);
		this.timer = enough ? null : ValidityTimer.of(link, () -> {
		}, this::expired);
	}

	void start() {
		if (this.timer != null) {
			this.timer.start();
		}
	}

	void sent() {
		this.unanswered = true;
	}

	void confirm() {
		this.unanswered = false;
		if (this.timer != null) {
			this.timer.confirm();
		}
	}

	void stop() {
		if (this.timer != null) {
			this.timer.stop();
		}
	}

	/** Whether this is how the system says that the peer is gone. */
	boolean hasFound(Throwable cause) {
		return this.system != KeepAlive.NONE && String.valueOf(cause.getMessage()).contains("timed out");
	}

	private void expired() {
		if (this.timer != null && this.system == KeepAlive.IDLE && !this.unanswered) {
			// Otherwise the system would have ended it
			this.timer.start();
			return;
		}
		this.hangup.run();
	}

}
