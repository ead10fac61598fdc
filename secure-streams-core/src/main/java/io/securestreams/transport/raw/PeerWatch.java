package io.securestreams.transport.raw;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.RetryPolicy;
import io.securestreams.transport.loop.KeepAlive;
import io.securestreams.transport.loop.ValidityTimer;

/**
 * Finds out whether a peer that is silent is still there: the system asks it as far as it
 * can, and silence itself has a limit where the policy sets one. On the connection's
 * event loop.
 */
final class PeerWatch {

	private final KeepAlive system;

	private final @Nullable ValidityTimer timer;

	/**
	 * Makes a stopped watch.
	 * @param link the stream
	 * @param channel its connection
	 * @param hangup ends the connection; the watch is stopped then
	 */
	PeerWatch(StreamLink link, Channel channel, Runnable hangup) {
		RetryPolicy retry = link.policy().persistence().retry();
		this.system = KeepAlive.start(channel, retry);
		// Silence by itself is no reason unless the policy asks for it
		this.timer = retry.equals(RetryPolicy.NONE) ? null : ValidityTimer.of(link, () -> {
		}, hangup);
	}

	void start() {
		if (this.timer != null) {
			this.timer.start();
		}
	}

	void confirm() {
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

}
