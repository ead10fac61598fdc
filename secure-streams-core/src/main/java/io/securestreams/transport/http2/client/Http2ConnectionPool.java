package io.securestreams.transport.http2.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.http2.Http2Limits;

/**
 * All connections of one event loop. Used on that loop only.
 */
final class Http2ConnectionPool {

	/** Most origins kept; only those are forgotten that have no connection. */
	private static final int MAX_ORIGINS = 1024;

	private final EventLoop loop;

	private final Http2Sharing sharing;

	private final Map<Key, Http2OriginPool> origins = new LinkedHashMap<>();

	private boolean closed;

	Http2ConnectionPool(EventLoop loop, Http2Sharing sharing) {
		this.loop = loop;
		this.sharing = sharing;
	}

	/**
	 * Finds the connections to an origin.
	 * @param origin the origin
	 * @param manualCredit whether its streams get their tx credit by hand: those do not
	 * share connections with the others, since the first window is a matter of the
	 * connection
	 */
	Http2OriginPool origin(Origin origin, boolean manualCredit) {
		Key key = new Key(origin, manualCredit);
		Http2OriginPool pool = this.origins.get(key);
		if (pool == null) {
			if (this.origins.size() >= MAX_ORIGINS) {
				forgetOne();
			}
			pool = new Http2OriginPool(this, key, this.loop);
			this.origins.put(key, pool);
		}
		return pool;
	}

	/**
	 * Finds the connections that streams of other kinds share, if there are any.
	 * @param origin the origin
	 */
	@Nullable Http2OriginPool find(Origin origin) {
		return this.origins.get(new Key(origin, false));
	}

	void close() {
		this.closed = true;
		for (Http2OriginPool pool : List.copyOf(this.origins.values())) {
			pool.close();
		}
		this.origins.clear();
	}

	boolean isClosed() {
		return this.closed;
	}

	void forget(Key key) {
		this.origins.remove(key);
	}

	KnownPeers http1Peers() {
		return this.sharing.http1Peers();
	}

	ConnectionSource source() {
		return this.sharing.source();
	}

	Http2Limits limits() {
		return this.sharing.limits();
	}

	private void forgetOne() {
		for (Map.Entry<Key, Http2OriginPool> entry : this.origins.entrySet()) {
			if (entry.getValue().retire()) {
				this.origins.remove(entry.getKey());
				return;
			}
		}
	}

	/**
	 * Who may share.
	 *
	 * @param origin the origin
	 * @param manualCredit whether tx credit is given by hand
	 */
	public record Key(Origin origin, boolean manualCredit) {
	}

}
