package io.securestreams.transport.http2.server;

import java.time.Duration;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http.exchange.ServerFraming;
import io.securestreams.transport.http.exchange.ServerRefusal;
import io.securestreams.transport.http.multipart.MessagePayload;
import io.securestreams.transport.http2.Http2Stream;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.Http2Violation;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client, and our response to it, as frames.
 */
final class Http2ServerStream extends Http2Stream implements ServerFraming {

	private static final int REQUEST_TIMEOUT = 408;

	private static final int TOO_LARGE = 413;

	private static final int INTERNAL_ERROR = 500;

	private final Http2ServerConnection connection;

	private final ServerExchange exchange;

	/** Body length the head announces, -1 if it does not. */
	private final long announced;

	private final long maxBody;

	private long bodyBytes;

	/** When it was last not the application's turn, or it has done something. */
	private long applicationNanos;

	Http2ServerStream(Http2ServerConnection connection, int id, ServerRoute route, ReceivedRequest request,
			long maxBody) {
		super(connection, id, false, false);
		this.connection = connection;
		this.exchange = new ServerExchange(this, route, request.method());
		this.announced = request.contentLength();
		this.maxBody = maxBody;
		this.applicationNanos = connection.now();
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
		if (endStream) {
			endRemote();
		}
		int refusal = this.exchange.open();
		if (refusal != 0) {
			answer(refusal);
			end();
			unroute(Http2Error.NO_ERROR);
			return;
		}
		boolean content = MessagePayload.isExpected(request.method(), this.announced, !endStream);
		this.exchange.start(request.method(), path, request.fields(), content, request.expectsContinue() && !endStream);
		// Unless the application has paused
		deliverEnd();
	}

	/** Sends a response that the application has nothing to do with. */
	private void answer(int status) {
		this.connection.heads().write(id(), status, ServerRefusal.NO_FIELDS, true);
		outgoing().endWithHead();
	}

	/**
	 * The client is to blame, and is told so if there is still a way.
	 * @param status status for that
	 * @param reason what the application is told
	 */
	private void refuse(int status, StreamEnd reason) {
		if (!this.exchange.isHeadSent()) {
			answer(status);
			abort(Http2Error.NO_ERROR, reason);
		}
		else {
			abort((status == INTERNAL_ERROR) ? Http2Error.INTERNAL_ERROR : Http2Error.CANCEL, reason);
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

	// For the exchange

	@Override
	public EventLoopExecutor executor() {
		return this.connection.executor();
	}

	@Override
	public String peer() {
		return this.connection.peerName();
	}

	@Override
	public PeerIdentity identity() {
		return this.connection.identity();
	}

	@Override
	public HttpMessageLimits messageLimits() {
		return this.connection.messageLimits();
	}

	@Override
	public void proceed() {
		this.connection.heads().proceed(id());
	}

	@Override
	public void head(ServerExchange answered, int status, long length, boolean last) {
		this.connection.heads().write(id(), answered, status, length, last);
		if (last) {
			outgoing().endWithHead();
			this.connection.answered();
			if (isRemoteEnded()) {
				unroute(Http2Error.NO_ERROR);
			}
		}
	}

	@Override
	public void body(ByteBuf piece, boolean last) {
		write(piece, last);
	}

	@Override
	public void requestSlot() {
		requestWrite();
	}

	@Override
	public boolean takesHeadOnly() {
		return outgoing().isWithoutWindow();
	}

	@Override
	public void finished() {
		unroute(Http2Error.NO_ERROR);
		end();
	}

	@Override
	public void refuse(int status, Phase phase, String message, @Nullable Throwable cause) {
		refuse(status, new StreamEnd(phase, message, cause, false));
	}

	@Override
	public void cancel(int status, boolean answered) {
		if (status != 0) {
			answer(status);
			cancel(Http2Error.NO_ERROR);
		}
		else {
			cancel(isOutputEnded() ? Http2Error.NO_ERROR : Http2Error.CANCEL);
		}
	}

	@Override
	public void pause() {
		pauseReading();
	}

	@Override
	public void resume() {
		resumeReading();
	}

	// For the connection

	@Override
	protected void outputEnded() {
		this.connection.answered();
		if (isRemoteEnded()) {
			unroute(Http2Error.NO_ERROR);
		}
		this.exchange.answerSent();
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
		this.exchange.requestEnded();
	}

	@Override
	protected void writable(int capacity) {
		this.exchange.offerSlot(this.connection.slot(ServerExchange.SLOT_CAPACITY, capacity));
	}

	@Override
	protected void failed(StreamEnd reason) {
		this.exchange.lost(reason.phase(), reason.message(), reason.cause());
	}

	@Override
	protected void remoteEnded() {
		if (isOutputEnded()) {
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
		boolean late = isLate(now, blocked || waiting, limit);
		if (!late && !tooSlow) {
			watchApplication(now, blocked || waiting);
			return null;
		}
		String message = (blocked ? "client takes no data" : "no more of the request") + " for " + limit + " ms";
		return StreamEnd.of(Phase.CONNECTION, tooSlow ? message + ", or too little of it" : message);
	}

	private void watchApplication(long now, boolean peerAwaited) {
		Duration limit = this.connection.answerTimeout();
		if (peerAwaited) {
			this.applicationNanos = now;
		}
		else if (!limit.isZero() && now - this.applicationNanos >= limit.toNanos()) {
			this.exchange.late(limit);
		}
	}

	@Override
	protected void progress() {
		super.progress();
		this.applicationNanos = this.connection.now();
	}

}
