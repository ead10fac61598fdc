package io.securestreams.transport.http1;

import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * Finds out whether a client that has ended its side is gone, or waits for its answer:
 * the end looks the same. What every answer starts with is sent beforehand, byte by byte,
 * which does a client no harm that reads; one that is gone refuses it, and writing fails.
 */
final class PresenceCheck {

	private static final long FIRST_DELAY_MILLIS = 20;

	private final ServerConnection connection;

	private final ServerResponse response;

	private final EventLoopExecutor executor;

	private long delay = FIRST_DELAY_MILLIS;

	PresenceCheck(ServerConnection connection, ServerResponse response, EventLoopExecutor executor) {
		this.connection = connection;
		this.response = response;
		this.executor = executor;
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
