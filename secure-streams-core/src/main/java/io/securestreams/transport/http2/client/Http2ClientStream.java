package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.transport.http.exchange.Processed;
import io.securestreams.transport.http.exchange.RequestChannel;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http2.Http2Limits;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.MessageFields;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.Http2Violation;
import org.jspecify.annotations.Nullable;

/**
 * A request of ours, and the response to it.
 */
final class Http2ClientStream extends Http2Stream implements RequestChannel {

	private final Http2ClientConnection connection;

	private final ResponseListener listener;

	/** Open for good: nothing is owed by either side. */
	private final boolean tunnel;

	private final ResponseCheck check;

	/** Whether the response may take any time once it has begun. */
	private final boolean longPoll;

	private boolean immortal;

	/** The rest of the request is not going to come. */
	private boolean abandoned;

	private WakeLock.@Nullable Held awake;

	Http2ClientStream(Http2ClientConnection connection, ResponseListener listener, int id, Http2Request request) {
		super(connection, id, request.endStream(), request.credit() != AUTOMATIC_CREDIT);
		this.connection = connection;
		this.listener = listener;
		this.tunnel = request.tunnel();
		this.longPoll = request.longPoll();
		this.check = new ResponseCheck(request.head(), request.tunnel());
	}

	@Override
	protected Http2ClientConnection connection() {
		return this.connection;
	}

	@Override
	public String peer() {
		return this.connection.peerName();
	}

	@Override
	public long now() {
		return this.connection.now();
	}

	@Override
	public void abandonBody() {
		this.abandoned = true;
	}

	@Override
	public void confirmValidity() {
		this.connection.confirmValidity();
	}

	@Override
	public void discard() {
		cancel();
		this.listener.responseEnd();
	}

	@Override
	public void cancel() {
		cancel(Http2Error.CANCEL);
	}

	/** Ends the request now if it is open, and all waiting for progress. */
	private void makeImmortal() {
		this.immortal = true;
		write(Unpooled.EMPTY_BUFFER, true);
	}

	@Override
	protected void lifeInDoubt() {
		if (this.awake == null && !isOver()) {
			this.awake = this.listener.stayAwake();
		}
	}

	@Override
	protected void lifeCertain() {
		WakeLock.Held held = this.awake;
		this.awake = null;
		if (held != null) {
			held.release();
		}
	}

	@Override
	protected void malformed(String problem) {
		if (isRouted()) {
			this.connection.retire("malformed response: " + problem, Http2Error.PROTOCOL_ERROR);
			abort(Http2Error.PROTOCOL_ERROR, StreamEnd.of(Phase.PROTOCOL, problem));
			this.connection.closeIfDone();
		}
	}

	@Override
	protected void headers(Http2Headers headers, boolean endStream) throws Http2Violation {
		boolean first = this.check.status() == 0;
		String problem = this.check.headers(headers, endStream, this.connection.limits().maxInformational());
		if (problem != null) {
			malformed(problem);
			return;
		}
		progress();
		if (this.check.status() == 0) {
			if (this.check.isContinue() && !isOver()) {
				this.listener.continues();
			}
			return;
		}
		if (endStream) {
			endRemote();
		}
		if (first && !isOver()) {
			responseHead(headers);
		}
		if (endStream) {
			deliverEnd();
		}
	}

	private void responseHead(Http2Headers headers) {
		MessageFields fields = this.connection.fields(headers);
		try {
			this.listener.responseHead(this.check.status(), fields);
		}
		finally {
			fields.clear();
		}
		if (this.longPoll && !isOver()) {
			makeImmortal();
		}
	}

	@Override
	protected @Nullable String checkDataStart() {
		return (this.check.status() == 0) ? "DATA before a response" : null;
	}

	@Override
	protected @Nullable String checkData(int count) {
		return this.check.data(count);
	}

	@Override
	protected @Nullable String checkEnd() {
		return this.check.end();
	}

	@Override
	protected void received(ByteBuf data) {
		this.listener.responseData(data);
	}

	@Override
	protected void complete() {
		end();
		this.listener.responseEnd();
	}

	@Override
	protected void writable(int capacity) {
		this.listener.writable(capacity);
	}

	@Override
	protected void failed(StreamEnd reason) {
		this.listener.failed(reason.phase(), reason.message(), reason.cause(),
				reason.unprocessed() ? Processed.NO : Processed.PERHAPS);
	}

	@Override
	protected void remoteEnded() {
		// A complete response needs no more of the request, RFC 9113 section 8.1
		unroute(Http2Error.NO_ERROR);
	}

	@Override
	protected @Nullable StreamEnd overdue(long now) {
		if (this.tunnel) {
			return null;
		}
		Http2Limits limits = this.connection.limits();
		boolean headSeen = this.check.status() != 0;
		if (!isOutputEnded() && !this.abandoned) {
			return overdue(now, outgoing().isBlocked(), limits.bodyMillis(), Phase.CONNECTION, "peer takes no data");
		}
		if (!headSeen) {
			return overdue(now, true, limits.headMillis(), Phase.HANDSHAKE, "no response");
		}
		// Nothing is owed by a peer that may not send
		return overdue(now, !this.immortal && incoming().isExpecting(), limits.bodyMillis(), Phase.CONNECTION,
				"no more of the response");
	}

	private @Nullable StreamEnd overdue(long now, boolean waiting, long limitMillis, Phase phase, String message) {
		return isLate(now, waiting, limitMillis) ? StreamEnd.of(phase, message + " for " + limitMillis + " ms") : null;
	}

}
