package io.securestreams.transport.http2.server;

import org.jspecify.annotations.Nullable;

import io.securestreams.transport.http2.Http2Limits;

/**
 * Deadlines of a connection that no stream has: for its start, for header blocks and
 * other frames to become complete, and for a peer that does not read. Looked at about
 * once a second.
 */
final class Watch {

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final Http2Limits limits;

	private long pendingSince;

	private int framesSeen;

	private long stuckSince;

	private boolean stuck;

	Watch(Http2Limits limits, long now) {
		this.limits = limits;
		this.pendingSince = now;
	}

	/**
	 * Looks at the time.
	 * @param now current time
	 * @param pending whether the peer has something to finish
	 * @param framesRead how much it has finished so far
	 * @param writable whether it reads
	 * @return what it is late with, or {@code null}
	 */
	@Nullable String check(long now, boolean pending, int framesRead, boolean writable) {
		if (!pending || framesRead != this.framesSeen) {
			this.framesSeen = framesRead;
			this.pendingSince = now;
		}
		else if (now - this.pendingSince >= this.limits.headMillis() * NANOS_PER_MILLI) {
			return "frame not complete for " + this.limits.headMillis() + " ms";
		}
		if (writable || !this.stuck) {
			this.stuck = !writable;
			this.stuckSince = now;
		}
		else if (now - this.stuckSince >= this.limits.bodyMillis() * NANOS_PER_MILLI) {
			return "nothing read for " + this.limits.bodyMillis() + " ms";
		}
		return null;
	}

}
