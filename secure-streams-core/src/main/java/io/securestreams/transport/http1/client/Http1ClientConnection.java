package io.securestreams.transport.http1.client;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.RequestBody;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.exchange.Processed;
import io.securestreams.transport.http.exchange.RequestChannel;
import io.securestreams.transport.http.exchange.ResponseListener;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.http1.StatusLine;
import io.securestreams.transport.http1.client.ResponseClock.Wait;
import io.securestreams.transport.loop.ChannelTask;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: sends requests and reads responses, keeps time limits, and waits
 * in its {@link Http1OriginPool} between two transactions. Closed when anything at all
 * happens on it while nobody uses it.
 */
final class Http1ClientConnection extends Http1Handler implements RequestChannel {

	/** More of an answer nobody wants is not worth the connection; bytes. */
	private static final int MAX_DISCARD = 64 * 1024;

	private final Http1OriginPool pool;

	private final ConnectReport report;

	private final HttpClientLimits limits;

	private final EventLoopExecutor executor;

	private final Runnable decoding = ChannelTask.of(this::channel, this::decode);

	private final ResponseClock clock;

	private final RequestWriter writer;

	private @Nullable ResponseListener listener;

	private String method = "";

	private boolean paused;

	/** It has served a transaction before this one. */
	private boolean used;

	/** Any byte of a response has been received. */
	private boolean touched;

	/** The head of the final response has been received. */
	private boolean responded;

	private boolean interim;

	private int interimCount;

	private boolean reusable;

	/** Nobody wants the rest of the response. */
	private boolean discarding;

	private int discarded;

	Http1ClientConnection(Http1OriginPool pool, ConnectReport report, EventLoopExecutor executor,
			HttpClientLimits limits) {
		super(limits.message());
		this.pool = pool;
		this.report = report;
		this.executor = executor;
		this.limits = limits;
		this.clock = new ResponseClock(executor, limits, this::expired);
		this.writer = new RequestWriter(this, executor, this.clock);
	}

	/** What happened while it was made; {@code null} if others have used it before. */
	@Nullable ConnectReport report() {
		return this.used ? null : this.report;
	}

	/** Who uses it, or {@code null}. */
	@Nullable ResponseListener listener() {
		return this.listener;
	}

	/**
	 * Starts a transaction.
	 * @param next who uses the connection
	 * @param requestMethod request method
	 * @param hangup time without a sign of life, or {@code null}
	 * @param longPoll whether the body of the response may pause for any time
	 */
	void attach(ResponseListener next, String requestMethod, @Nullable Duration hangup, boolean longPoll) {
		this.listener = next;
		this.method = requestMethod;
		this.touched = false;
		this.responded = false;
		this.interimCount = 0;
		this.reusable = true;
		this.discarding = false;
		this.clock.start(hangup, longPoll);
	}

	/**
	 * Sends a request, whose body follows.
	 * @param head the encoded head
	 * @param body how its body is framed
	 * @param expects whether the body waits for 100 (Continue)
	 * @param last whether it says itself that the connection ends with it
	 */
	void send(ByteBuf head, RequestBody body, boolean expects, boolean last) {
		if (last) {
			this.reusable = false;
		}
		write(head);
		this.writer.start(body, expects);
	}

	@Override
	public String peer() {
		String peer = this.report.peer();
		return (peer != null) ? peer : "";
	}

	@Override
	public long now() {
		return this.clock.now();
	}

	@Override
	public void requestWrite() {
		this.writer.requestWrite();
	}

	@Override
	public void write(ByteBuf piece, boolean end) {
		this.writer.write(piece, end);
	}

	@Override
	public void abandonBody() {
		this.writer.stop();
	}

	@Override
	public void confirmValidity() {
		if (!this.paused) {
			this.clock.confirm();
		}
	}

	/** Ends a transaction; the connection is closed unless it can be used again. */
	@Override
	public void release() {
		this.listener = null;
		if (this.paused) {
			this.paused = false;
			channel().config().setAutoRead(true);
		}
		if (!this.writer.isComplete()) {
			// The rest of the request will not come, so the next one cannot follow
			this.reusable = false;
		}
		this.writer.stop();
		if (!this.reusable || hasPending() || isInputEnded() || !channel().isActive() || !this.pool.keep(this)) {
			cancel();
			return;
		}
		this.used = true;
		this.clock.idle();
	}

	@Override
	public void discard() {
		this.discarding = true;
		this.discarded = 0;
	}

	private void discarded(boolean complete) {
		ResponseListener current = this.listener;
		if (complete) {
			release();
		}
		else {
			cancel();
		}
		if (current != null) {
			current.responseEnd();
		}
	}

	@Override
	public void cancel() {
		this.listener = null;
		this.writer.stop();
		this.clock.stop();
		stopDecoding();
		channel().close();
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		channel().config().setAutoRead(false);
		this.clock.pause();
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		channel().config().setAutoRead(true);
		if (this.clock.isWaitingFor(Wait.BODY) && this.listener != null) {
			this.clock.restart();
		}
		// Not from inside, as the caller may be in the middle of something
		this.executor.execute(this.decoding);
	}

	private void expired() {
		if (this.listener == null) {
			this.pool.remove(this);
			cancel();
		}
		else if (this.responded && this.writer.isOpen() && channel().isWritable()
				&& this.clock.phase() != Phase.VALIDITY) {
			// The peer waits for more of the request, and so do we
			this.clock.restart();
		}
		else {
			lost(this.clock.phase(), this.clock.message(), null, Processed.PERHAPS);
		}
	}

	private void lost(Phase phase, String message, @Nullable Throwable cause, Processed processed) {
		ResponseListener current = this.listener;
		if (this.discarding) {
			discarded(false);
			return;
		}
		cancel();
		if (current != null) {
			current.failed(phase, message, cause, processed);
		}
	}

	@Override
	protected boolean isHeld() {
		return this.paused;
	}

	@Override
	protected void arrived(int count) {
		if (!this.paused && this.clock.isWaitingFor(Wait.BODY)) {
			this.clock.restart();
		}
	}

	@Override
	protected boolean beforeHead(ByteBuf in) {
		if (this.listener == null) {
			// Nothing was asked; a response to nothing must not answer the next request
			this.pool.remove(this);
			cancel();
			return false;
		}
		this.touched = true;
		return true;
	}

	@Override
	protected void head(MessageHead head) throws MalformedMessageException {
		int minor = StatusLine.minorVersion(head);
		int status = StatusLine.status(head);
		if (status < 200) {
			if (status == 101 || ++this.interimCount > this.limits.maxInterimResponses()) {
				throw MalformedMessageException.badRequest((status == 101) ? "upgrade that was not asked for"
						: "more than " + this.limits.maxInterimResponses() + " interim responses");
			}
			this.interim = true;
			this.body.startEmpty();
			if (status == 100 && this.listener != null) {
				this.listener.continues();
			}
			return;
		}
		this.responded = true;
		this.clock.touch();
		frame(head, minor, status);
		boolean persistent = (minor > 0) ? !head.hasToken("connection", "close")
				: head.hasToken("connection", "keep-alive");
		this.reusable &= persistent && !this.body.endsAtClose();
		this.clock.await(Wait.BODY);
		if (this.listener != null) {
			this.listener.responseHead(status, head);
		}
	}

	private void frame(MessageHead head, int minor, int status) throws MalformedMessageException {
		if (!ResponseRules.hasContent(this.method, status)) {
			this.body.startEmpty();
			return;
		}
		boolean chunked = head.isChunked();
		long length = head.contentLength();
		if (chunked && (length >= 0 || minor == 0)) {
			throw MalformedMessageException.badRequest("Transfer-Encoding with Content-Length or HTTP/1.0");
		}
		if (chunked) {
			this.body.startChunked();
		}
		else if (length >= 0) {
			this.body.startLength(length);
		}
		else {
			this.body.startUntilClose();
		}
	}

	@Override
	protected void bodyContent(ByteBuf piece) {
		if (this.discarding) {
			this.discarded += piece.readableBytes();
			if (this.discarded > MAX_DISCARD) {
				discarded(false);
			}
		}
		else if (this.listener != null) {
			this.listener.responseData(piece);
		}
	}

	@Override
	protected void bodyEnded() {
		if (this.interim) {
			this.interim = false;
		}
		else if (this.discarding) {
			discarded(true);
		}
		else if (this.listener != null) {
			this.listener.responseEnd();
		}
	}

	@Override
	protected void inputEnded(@Nullable Throwable cause) {
		ResponseListener current = this.listener;
		if (current == null) {
			this.pool.remove(this);
			cancel();
		}
		else if (this.responded && this.body.endsAtClose() && isOrderlyEnd()) {
			this.reusable = false;
			this.body.startEmpty();
			bodyEnded();
		}
		else if (this.responded) {
			lost(Phase.CONNECTION, "connection ended before the response was complete", cause, Processed.PERHAPS);
		}
		else {
			lost(Phase.CONNECTION, "connection ended before a response", cause,
					(this.used && !this.touched) ? Processed.UNLIKELY : Processed.PERHAPS);
		}
	}

	@Override
	protected void malformed(MalformedMessageException ex) {
		lost(Phase.PROTOCOL, String.valueOf(ex.getMessage()), ex, Processed.PERHAPS);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		this.writer.writabilityChanged();
	}

}
