package io.securestreams.proxy.client;

import java.util.concurrent.TimeUnit;

import io.securestreams.engine.stream.StreamCore;
import io.securestreams.proxy.client.link.UpstreamLink;
import io.securestreams.proxy.wire.TimeoutUpdate;

/**
 * The stream's timeout, which runs at the proxy while there is one, and here if its
 * length is known. On the event loop of the stream.
 */
final class RemoteTimeout {

	private enum Place {

		NONE, PROXY, PROXY_BY_POLICY, NEXT_PROXY_BY_POLICY

	}

	private final StreamCore core;

	private final UpstreamLink link;

	private Place place = Place.NONE;

	private long deadline;

	RemoteTimeout(StreamCore core, UpstreamLink link) {
		this.core = core;
		this.link = link;
	}

	/**
	 * Starts it.
	 * @param millis how long, 0 for as long as the policy says
	 * @return {@code false} if it has to run here
	 */
	boolean start(long millis) {
		if (millis == 0) {
			this.place = Place.NEXT_PROXY_BY_POLICY;
			linkUp();
			return true;
		}
		if (!this.link.isUp() || millis > Integer.MAX_VALUE) {
			cancel();
			return false;
		}
		this.place = Place.PROXY;
		this.deadline = this.core.context().executor().nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		send((int) millis);
		return true;
	}

	void cancel() {
		if (this.place == Place.PROXY || this.place == Place.PROXY_BY_POLICY) {
			send(TimeoutUpdate.CANCEL);
		}
		this.place = Place.NONE;
	}

	/** It has expired, or the transaction is over. */
	void over() {
		this.place = Place.NONE;
	}

	void linkUp() {
		if (this.place == Place.NEXT_PROXY_BY_POLICY && this.link.isUp()) {
			this.place = Place.PROXY_BY_POLICY;
			send(TimeoutUpdate.OF_POLICY);
		}
	}

	/** Nobody but us knows of it any more. */
	void linkLost() {
		if (this.place == Place.PROXY) {
			long left = TimeUnit.NANOSECONDS.toMillis(this.deadline - this.core.context().executor().nanoTime());
			this.core.startTimeout(Math.max(1, left));
			this.place = Place.NONE;
		}
		else if (this.place == Place.PROXY_BY_POLICY) {
			this.place = Place.NEXT_PROXY_BY_POLICY;
		}
	}

	private void send(int millis) {
		this.link.send(new TimeoutUpdate(millis));
		this.link.flush();
	}

}
