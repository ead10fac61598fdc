package io.securestreams.transport.http1.client;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

import io.securestreams.transport.connect.Origin;
import org.jspecify.annotations.Nullable;

/**
 * The client connections of one event loop, by origin. Used on that event loop only.
 */
final class Http1ConnectionPool {

	/** Most unused connections of an event loop. */
	static final int MAX_IDLE = 512;

	private static final int FIRST_SWEEP = 64;

	/** Weak: streams and connections hold on to theirs. */
	private final Map<Origin, WeakReference<Http1OriginPool>> origins = new HashMap<>();

	private final int maxIdlePerOrigin;

	private int sweepAt = FIRST_SWEEP;

	int idle;

	Http1ConnectionPool(int maxIdlePerOrigin) {
		this.maxIdlePerOrigin = maxIdlePerOrigin;
	}

	int maxIdlePerOrigin() {
		return this.maxIdlePerOrigin;
	}

	Http1OriginPool origin(Origin origin) {
		WeakReference<Http1OriginPool> reference = this.origins.get(origin);
		@Nullable Http1OriginPool known = (reference != null) ? reference.get() : null;
		if (known != null) {
			return known;
		}
		if (this.origins.size() >= this.sweepAt) {
			this.origins.values().removeIf((entry) -> entry.get() == null);
			this.sweepAt = Math.max(FIRST_SWEEP, this.origins.size() * 2);
		}
		Http1OriginPool created = new Http1OriginPool(origin, this);
		this.origins.put(origin, new WeakReference<>(created));
		return created;
	}

}
