package io.securestreams.transport.http1.server;

import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * Whether a client that is to read the answer does so, and is still there. One that has
 * ended its side may be gone, or wait: that looks the same. What every answer starts with
 * is sent beforehand, byte by byte, which does a client no harm that reads; one that is
 * gone refuses it, and writing fails.
 */
final class ClientWatch {

	private static final long FIRST_DELAY_MILLIS = 20;

	private final ServerConnection connection;

	private final ServerResponse response;

	private final RequestClock clock;

	private final EventLoopExecutor executor;

	private long delay = FIRST_DELAY_MILLIS;

	/** It does not read. */
	private boolean stuck;

	ClientWatch(ServerConnection connection, ServerResponse response, RequestClock clock, EventLoopExecutor executor) {
		this.connection = connection;
		this.response = response;
		this.clock = clock;
		this.executor = executor;
	}

	/** There is another request, or room for more of the answer. */
	void restart() {
		this.stuck = false;
	}

	/** The request is complete, the answer is not: one of both sides has to hurry. */
	void look() {
		if (this.connection.isInputEnded()) {
			this.clock.awaitPeer();
		}
		else if (this.connection.channel().isWritable()) {
			this.stuck = false;
			this.clock.awaitAnswer();
		}
		else if (!this.stuck) {
			this.stuck = true;
			this.clock.awaitPeer();
		}
	}

	/** Asks now, and at growing intervals as long as there is something to ask with. */
	void check() {
		if (this.connection.isClosed() || !this.connection.channel().isActive() || !this.response.startEarly()) {
			return;
		}
		this.connection.context().flush();
		this.executor.schedule(this::check, this.delay);
		this.delay *= 2;
	}

}
