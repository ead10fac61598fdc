package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.StreamOptions;

/**
 * One request and its response on a connection (RFC 9113 section 5). Lives on the
 * connection's event loop.
 */
final class Http2Stream {

	/** Value of initial credit: windows are topped up as data is consumed. */
	static final int AUTOMATIC_CREDIT = StreamOptions.AUTOMATIC_CREDIT;

	private static final long NANOS_PER_MILLI = 1_000_000;

	private final Http2Connection connection;

	private final Exchange exchange;

	private final int id;

	/** Open for good: nothing is owed by either side. */
	private final boolean tunnel;

	private final ResponseCheck check;

	private final OutgoingData outgoing;

	private final IncomingData incoming;

	/** Whether the connection still routes frames here. */
	private boolean routed = true;

	/** Whether the exchange has heard the end, or does not want to. */
	private boolean over;

	private boolean remoteEnded;

	private boolean immortal;

	/** When the peer last did something for this stream, or could not be waited for. */
	private long progressNanos;

	Http2Stream(Http2Connection connection, Exchange exchange, int id, Http2Request request) {
		this.connection = connection;
		this.exchange = exchange;
		this.id = id;
		this.tunnel = request.tunnel();
		this.check = new ResponseCheck(request.head(), request.tunnel());
		this.outgoing = new OutgoingData(this, connection, request.endStream());
		this.incoming = new IncomingData(this, connection, request.credit() != AUTOMATIC_CREDIT);
		this.progressNanos = connection.now();
	}

	int id() {
		return this.id;
	}

	Http2Connection connection() {
		return this.connection;
	}

	Exchange exchange() {
		return this.exchange;
	}

	OutgoingData outgoing() {
		return this.outgoing;
	}

	boolean isRouted() {
		return this.routed;
	}

	/**
	 * Asks for one {@link Exchange#writable}, later.
	 */
	void requestWrite() {
		this.outgoing.requestWrite();
	}

	/**
	 * Takes data of the request. What the windows have no room for waits.
	 * @param data released here
	 * @param end whether nothing follows
	 */
	void write(ByteBuf data, boolean end) {
		this.outgoing.write(data, end);
	}

	/**
	 * Stops delivering, so that the peer is stopped by its window.
	 */
	void pauseReading() {
		this.incoming.pause();
	}

	void resumeReading() {
		this.incoming.resume();
		progress();
		if (!this.incoming.isDrained() || this.remoteEnded) {
			this.connection.execute(this::deliverHeld);
		}
	}

	/**
	 * Lets the peer send more, where credit is given by hand.
	 * @param bytes positive
	 */
	void grantCredit(int bytes) {
		if (this.routed) {
			progress();
			this.incoming.grant(bytes);
		}
	}

	/**
	 * Ends the request now if it is open, and all waiting for progress (long poll).
	 */
	void makeImmortal() {
		this.immortal = true;
		write(Unpooled.EMPTY_BUFFER, true);
	}

	/**
	 * Gives the stream up; the exchange hears nothing any more.
	 * @param error error code for RST_STREAM
	 */
	void cancel(Http2Error error) {
		this.over = true;
		unroute(error);
		release();
	}

	/**
	 * Gives the stream up and tells the exchange.
	 * @param error error code for RST_STREAM
	 * @param reason why
	 */
	void abort(Http2Error error, StreamEnd reason) {
		unroute(error);
		fail(reason);
	}

	/**
	 * The stream ends without a complete response. Not routed any more.
	 * @param reason why
	 */
	void fail(StreamEnd reason) {
		this.routed = false;
		release();
		if (!this.over) {
			this.over = true;
			this.exchange.failed(reason);
		}
	}

	/**
	 * The peer breaks the rules of a response.
	 * @param problem what is wrong
	 */
	void malformed(String problem) {
		if (this.routed) {
			this.connection.retire("malformed response: " + problem, Http2Error.PROTOCOL_ERROR);
			abort(Http2Error.PROTOCOL_ERROR, StreamEnd.of(Phase.PROTOCOL, problem));
			this.connection.closeIfDone();
		}
	}

	void headers(Http2Headers headers, boolean endStream) throws Http2Violation {
		boolean first = this.check.status() == 0;
		String problem = this.check.headers(headers, endStream, this.connection.limits().maxInformational());
		if (problem != null) {
			malformed(problem);
			return;
		}
		progress();
		if (this.check.status() == 0) {
			if (this.check.isContinue() && !this.over) {
				this.exchange.continues();
			}
			return;
		}
		if (endStream) {
			endRemote();
		}
		if (first && !this.over) {
			this.exchange.responseHead(this.check.status(), headers, endStream);
		}
		if (endStream) {
			deliverEnd();
		}
	}

	void dataStart(int flowLength) throws Http2Violation {
		this.incoming.charge(flowLength);
		if (this.check.status() == 0) {
			malformed("DATA before a response");
		}
	}

	void data(ByteBuf data) {
		String problem = this.check.data(data.readableBytes());
		if (problem != null) {
			malformed(problem);
			return;
		}
		progress();
		this.incoming.receive(data);
	}

	void dataEnd(int padding, boolean endStream) {
		if (padding > 0) {
			this.incoming.consume(padding);
		}
		if (!endStream) {
			return;
		}
		String problem = this.check.end();
		if (problem != null) {
			malformed(problem);
			return;
		}
		endRemote();
		deliverEnd();
	}

	/** The peer, or the application, has done something. */
	void progress() {
		this.progressNanos = this.connection.now();
	}

	/**
	 * Checks the time limits, about once a second.
	 * @param now current time
	 * @return why the stream must end, or {@code null}
	 */
	@Nullable StreamEnd overdue(long now) {
		if (this.tunnel) {
			return null;
		}
		Http2Limits limits = this.connection.limits();
		boolean headSeen = this.check.status() != 0;
		if (!this.outgoing.isEnded()) {
			return overdue(now, this.outgoing.isBlocked(), limits.bodyMillis(), Phase.CONNECTION, "peer takes no data");
		}
		if (!headSeen) {
			return overdue(now, true, limits.headMillis(), Phase.HANDSHAKE, "no response");
		}
		// Nothing is owed by a peer that may not send
		return overdue(now, !this.immortal && this.incoming.isExpecting(), limits.bodyMillis(), Phase.CONNECTION,
				"no more of the response");
	}

	private @Nullable StreamEnd overdue(long now, boolean waiting, long limitMillis, Phase phase, String message) {
		if (!waiting) {
			this.progressNanos = now;
			return null;
		}
		return (now - this.progressNanos < limitMillis * NANOS_PER_MILLI) ? null
				: StreamEnd.of(phase, message + " for " + limitMillis + " ms");
	}

	private void deliverHeld() {
		if (!this.over) {
			this.incoming.drain();
			deliverEnd();
		}
	}

	private void deliverEnd() {
		if (this.remoteEnded && !this.over && this.incoming.isDrained()) {
			this.over = true;
			release();
			this.exchange.responseEnd();
		}
	}

	private void endRemote() {
		this.remoteEnded = true;
		// A complete response needs no more of the request, RFC 9113 section 8.1
		unroute(Http2Error.NO_ERROR);
	}

	/** Leaves the connection; RST_STREAM unless both sides have ended. */
	private void unroute(Http2Error error) {
		if (this.routed) {
			this.routed = false;
			if (!this.outgoing.isEnded() || !this.remoteEnded) {
				this.connection.writer().reset(this.id, error.code());
			}
			this.connection.remove(this);
		}
	}

	private void release() {
		this.incoming.release();
		this.outgoing.release();
	}

}
