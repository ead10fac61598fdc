package io.securestreams.proxy.client;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.SendFailedException;
import io.securestreams.stream.StreamFailure;

/**
 * What has failed since a proxied stream was connected. Written inside the stream's
 * context, read by any thread.
 */
final class OnwardFailures {

	private volatile int count;

	private volatile @Nullable StreamFailure last;

	/** How many in a row. */
	int count() {
		return this.count;
	}

	/** The last one, {@code null} since a success. */
	@Nullable StreamFailure last() {
		return this.last;
	}

	/** Why there is no connection, which is no failure that counts. */
	void last(StreamFailure reason) {
		this.last = reason;
	}

	/** An attempt, a connection or the link has failed. */
	void failed(StreamFailure failure) {
		this.last = failure;
		int before = this.count;
		this.count = before + 1;
	}

	/** The stream is connected. */
	void succeeded() {
		this.last = null;
		this.count = 0;
	}

	/** What {@code send()} fails with. */
	SendFailedException toSendFailure() {
		StreamFailure failure = this.last;
		return (failure != null) ? new SendFailedException(failure)
				: new SendFailedException("the proxy has no connection, and makes no other attempt", null);
	}

}
