package io.securestreams.transport.http2.client;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;

/**
 * One connection to an origin that is being made for those who wait in its pool. On the
 * pool's event loop.
 */
final class OriginAttempt implements ConnectListener {

	private final Http2OriginPool pool;

	private @Nullable ConnectAttempt attempt;

	private boolean cancelled;

	OriginAttempt(Http2OriginPool pool) {
		this.pool = pool;
	}

	void start(ConnectAttempt started) {
		this.attempt = started;
	}

	/** It has not even started. */
	void abandoned(StreamFailure failure) {
		if (!this.cancelled) {
			this.pool.failed(this, failure, null);
		}
	}

	void cancel() {
		this.cancelled = true;
		if (this.attempt != null) {
			this.attempt.cancel();
		}
	}

	@Override
	public void connected(Channel channel, ConnectReport report) {
		if (this.cancelled) {
			channel.close();
			return;
		}
		this.pool.connected(this, channel, report);
	}

	@Override
	public void failed(StreamFailure failure, ConnectReport report) {
		if (!this.cancelled) {
			this.pool.failed(this, failure, report);
		}
	}

}
