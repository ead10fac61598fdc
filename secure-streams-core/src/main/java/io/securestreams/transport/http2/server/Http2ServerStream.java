package io.securestreams.transport.http2.server;

import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.Http2Violation;

/**
 * A request of a client, and our response to it.
 */
final class Http2ServerStream extends Http2Stream {

	private static final int REQUEST_TIMEOUT = 408;

	private static final int TOO_LARGE = 413;

	private final Http2ServerConnection connection;

	private final ServerExchange exchange;

	/** Body length the head announces, -1 if it does not. */
	private final long announced;

	private final long maxBody;

	private long bodyBytes;

	/** The end of the request has been delivered. */
	private boolean delivered;

	/** The application is in a slot: its end has to wait. */
	private boolean inSlot;

	Http2ServerStream(Http2ServerConnection connection, int id, ServerRoute route, ReceivedRequest request,
			long maxBody) {
		super(connection, id, false, false);
		this.connection = connection;
		this.exchange = new ServerExchange(connection, this, route, request.isHead());
		this.announced = request.contentLength();
		this.maxBody = maxBody;
	}

	@Override
	protected Http2ServerConnection connection() {
		return this.connection;
	}

	/**
	 * Hands the request to the application.
	 * @param request its head
	 * @param path path and query
	 * @param endStream whether there is no body
	 */
	void start(ReceivedRequest request, String path, boolean endStream) {
		boolean content = MessagePayload.isExpected(request.method(), this.announced, !endStream);
		this.delivered = !content;
		if (endStream) {
			endRemote();
		}
		this.exchange.start(request, path, endStream, content);
		// Unless the application has paused
		deliverEnd();
	}

	/** Whether the request has arrived and been delivered. */
	boolean isRequestComplete() {
		return this.delivered;
	}

	/**
	 * Nobody takes the request.
	 * @param status what the client is told
	 */
	void refuse(int status) {
		answer(status);
		end();
		unroute(Http2Error.NO_ERROR);
	}

	/** Sends a response that the application has nothing to do with. */
	private void answer(int status) {
		this.connection.writeAnswer(id(), status, Http2ServerConnection.NO_FIELDS, true);
		outgoing().endWithHead();
	}

	/**
	 * The application is to blame, and hears no more.
	 * @param status what the client is told
	 */
	void giveUp(int status) {
		answer(status);
		cancel(Http2Error.NO_ERROR);
	}

	/**
	 * The client is to blame, and is told so if there is still a way.
	 * @param status status for that
	 * @param reason what the application is told
	 */
	void refuse(int status, StreamEnd reason) {
		if (this.exchange.isHeadSent()) {
			abort(Http2Error.CANCEL, reason);
		}
		else {
			answer(status);
			abort(Http2Error.NO_ERROR, reason);
		}
	}

	/**
	 * The time limit is over.
	 * @param reason what has been waited for
	 */
	void late(StreamEnd reason) {
		if (isRemoteEnded()) {
			abort(Http2Error.CANCEL, reason);
		}
		else {
			refuse(REQUEST_TIMEOUT, reason);
		}
	}

	/** The response's head has been the whole response. */
	void endedWithHead() {
		outgoing().endWithHead();
		outputEnded();
	}

	@Override
	protected void outputEnded() {
		this.connection.answered();
		if (isRemoteEnded()) {
			unroute(Http2Error.NO_ERROR);
		}
		finish();
	}

	/** Completes the stream if nothing more is to come from either side. */
	void finish() {
		if (this.inSlot || isOver() || !outgoing().isEnded() || !this.exchange.isDone()) {
			return;
		}
		if (this.delivered || this.exchange.isRefusal()) {
			// What is still to come of the request is not wanted, RFC 9113 section 8.1
			unroute(Http2Error.NO_ERROR);
			end();
			link().completed();
		}
	}

	@Override
	protected void headers(Http2Headers headers, boolean endStream) throws Http2Violation {
		requireOpen("HEADERS");
		String problem = trailers(headers, endStream);
		if (problem != null) {
			malformed(problem);
			return;
		}
		progress();
		endRemote();
		deliverEnd();
	}

	private @Nullable String trailers(Http2Headers headers, boolean endStream) {
		if (!endStream) {
			return "second head without END_STREAM";
		}
		for (Map.Entry<CharSequence, CharSequence> header : headers) {
			if (header.getKey().charAt(0) == ':') {
				return "pseudo header in trailers";
			}
		}
		return checkEnd();
	}

	private void requireOpen(String frame) throws Http2Violation {
		if (isRemoteEnded()) {
			throw new Http2Violation(Http2Error.STREAM_CLOSED,
					frame + " on stream " + id() + ", which the client has ended");
		}
	}

	@Override
	protected void malformed(String problem) throws Http2Violation {
		if (isRouted()) {
			abort(Http2Error.PROTOCOL_ERROR, StreamEnd.of(Phase.PROTOCOL, "malformed request: " + problem));
			this.connection.mistake(problem);
		}
	}

	@Override
	protected @Nullable String checkDataStart() throws Http2Violation {
		requireOpen("DATA");
		return null;
	}

	@Override
	protected void data(ByteBuf data) throws Http2Violation {
		if (this.bodyBytes + data.readableBytes() > this.maxBody) {
			refuse(TOO_LARGE, StreamEnd.of(Phase.PROTOCOL, "request body of more than " + this.maxBody + " bytes"));
			return;
		}
		this.connection.pace().received(this.connection.now(), data.readableBytes());
		super.data(data);
	}

	@Override
	protected @Nullable String checkData(int count) {
		this.bodyBytes += count;
		return (this.announced >= 0 && this.bodyBytes > this.announced)
				? "body longer than its content-length " + this.announced : null;
	}

	@Override
	protected @Nullable String checkEnd() {
		return (this.announced >= 0 && this.bodyBytes != this.announced)
				? "body of " + this.bodyBytes + " bytes (expected: content-length " + this.announced + ")" : null;
	}

	@Override
	protected void received(ByteBuf data) {
		this.exchange.received(data);
	}

	@Override
	protected void complete() {
		if (!this.delivered) {
			this.delivered = true;
			this.exchange.requestEnded();
		}
	}

	@Override
	protected void writable(int capacity) {
		this.inSlot = true;
		try {
			link().writable(Math.max(capacity, ServerExchange.SLOT_CAPACITY));
		}
		finally {
			this.inSlot = false;
		}
		this.exchange.afterSlot();
		finish();
	}

	@Override
	protected void failed(StreamEnd reason) {
		link().closed(StreamFailure.sent(reason.phase(), reason.message(), this.connection.peerName(), reason.cause()));
	}

	@Override
	protected void remoteEnded() {
		if (outgoing().isEnded()) {
			unroute(Http2Error.NO_ERROR);
		}
	}

	@Override
	protected @Nullable StreamEnd overdue(long now) {
		long limit = this.connection.limits().bodyMillis();
		ConnectionPace pace = this.connection.pace();
		boolean blocked = outgoing().isBlocked();
		boolean waiting = !isRemoteEnded() && incoming().isExpecting() && !this.exchange.isContinueDue();
		boolean tooSlow = pace.isTooSlow(now, waiting, blocked);
		if (!isLate(now, blocked || waiting, limit) && !tooSlow) {
			return null;
		}
		String message = (blocked ? "client takes no data" : "no more of the request") + " for " + limit + " ms";
		return StreamEnd.of(Phase.CONNECTION, tooSlow ? message + ", or too little of it" : message);
	}

	private StreamLink link() {
		return this.exchange.link();
	}

}
