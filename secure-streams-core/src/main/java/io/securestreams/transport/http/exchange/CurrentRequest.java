package io.securestreams.transport.http.exchange;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ClientLink;
import io.securestreams.engine.spi.Target;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.transport.connect.ConnectReport;

/**
 * The request that a stream is making, and where it is. One object serves all requests of
 * a stream.
 */
final class CurrentRequest {

	private final ClientLink link;

	/** From the start of an attempt to its end. */
	private @Nullable RequestPlan plan;

	/** Once there is a connection. */
	private @Nullable RequestChannel channel;

	private @Nullable ConnectReport report;

	private boolean paused;

	private long sentAt;

	CurrentRequest(ClientLink link) {
		this.link = link;
	}

	@Nullable RequestPlan plan() {
		return this.plan;
	}

	void plan(RequestPlan next) {
		this.plan = next;
	}

	@Nullable RequestChannel channel() {
		return this.channel;
	}

	/**
	 * The request is on its way.
	 * @param next takes the rest
	 * @param opened what happened while the connection was made, or {@code null}
	 */
	void sent(RequestChannel next, @Nullable ConnectReport opened) {
		this.channel = next;
		this.report = opened;
		this.sentAt = next.now();
		if (this.paused) {
			next.pauseReading();
		}
	}

	/** Another connection is needed, if any. */
	void leaveChannel() {
		this.channel = null;
	}

	/** There is no request any more. */
	void clear() {
		this.plan = null;
		this.channel = null;
	}

	/** Whether a request has ended meanwhile, and perhaps another one begun. */
	@SuppressWarnings("ReferenceEquality")
	boolean isGone(RequestChannel current) {
		return this.channel != current;
	}

	/** Where it goes, for failures. */
	String endpoint() {
		RequestPlan asked = this.plan;
		Target target = (asked != null) ? asked.route().target() : this.link.target();
		return target.address().toString();
	}

	/**
	 * Reports how long it took.
	 * @param current where it is
	 * @param status status of the answer
	 */
	void reportTimings(RequestChannel current, int status) {
		if (!this.link.policy().features().perf()) {
			return;
		}
		long response = (current.now() - this.sentAt) / 1000;
		ConnectReport opened = this.report;
		// Others have paid for a connection that was there
		this.link.timings((opened != null) ? opened.timings(response, "http", status)
				: new ConnectionTimings(current.peer(), 0, 0, 0, 0, response, List.of(), "http", status));
	}

	void pause(boolean wanted) {
		this.paused = wanted;
		if (this.channel == null) {
			return;
		}
		if (wanted) {
			this.channel.pauseReading();
		}
		else {
			this.channel.resumeReading();
		}
	}

	/** Another attempt starts, with reading. */
	void unpause() {
		this.paused = false;
	}

	void grantCredit(int bytes) {
		if (this.channel != null) {
			this.channel.grantCredit(bytes);
		}
	}

	void confirmValidity() {
		if (this.channel != null) {
			this.channel.confirmValidity();
		}
	}

}
