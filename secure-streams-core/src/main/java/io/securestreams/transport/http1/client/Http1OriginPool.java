package io.securestreams.transport.http1.client;

import java.util.ArrayDeque;
import java.util.Deque;

import io.securestreams.transport.connect.Origin;
import org.jspecify.annotations.Nullable;

/**
 * The unused connections of one event loop to one origin. The last one used is the first
 * one used again, so that surplus ones run into their idle timeout.
 */
final class Http1OriginPool {

	private final Origin origin;

	private final Http1ConnectionPool pool;

	private final Deque<Http1ClientConnection> idle = new ArrayDeque<>();

	Http1OriginPool(Origin origin, Http1ConnectionPool pool) {
		this.origin = origin;
		this.pool = pool;
	}

	Origin origin() {
		return this.origin;
	}

	@Nullable Http1ClientConnection acquire() {
		for (Http1ClientConnection last = this.idle.pollLast(); last != null; last = this.idle.pollLast()) {
			this.pool.idle--;
			if (last.channel().isActive()) {
				return last;
			}
			last.cancel();
		}
		return null;
	}

	/**
	 * Keeps a connection.
	 * @param connection a connection nobody uses
	 * @return {@code false} if there are too many
	 */
	boolean keep(Http1ClientConnection connection) {
		if (this.pool.idle >= Http1ConnectionPool.MAX_IDLE || this.idle.size() >= this.pool.maxIdlePerOrigin()) {
			return false;
		}
		this.pool.idle++;
		this.idle.addLast(connection);
		return true;
	}

	void remove(Http1ClientConnection connection) {
		if (this.idle.remove(connection)) {
			this.pool.idle--;
		}
	}

}
