package io.securestreams.transport.http1;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.securestreams.limits.HttpClientLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: reads responses, keeps time limits, and waits in its
 * {@link OriginPool} between two transactions. Closed when anything at all happens on it
 * while nobody uses it.
 */
final class ClientConnection extends Http1Handler {

	private static final int STATUS_OFFSET = 9;

	private final OriginPool pool;

	private final ConnectReport report;

	private final HttpClientLimits limits;

	private final EventLoopExecutor executor;

	private final Deadline deadline;

	private @Nullable Owner owner;

	private String method = "";

	private @Nullable Duration validity;

	private Wait wait = Wait.IDLE;

	private boolean validityRules;

	private boolean endless;

	private boolean paused;

	private boolean touched;

	private boolean interim;

	private int interimCount;

	private boolean reusable;

	private long now;

	ClientConnection(OriginPool pool, ConnectReport report, EventLoopExecutor executor, HttpClientLimits limits) {
		super(limits.message());
		this.pool = pool;
		this.report = report;
		this.executor = executor;
		this.limits = limits;
		this.deadline = new Deadline(executor, this::expired);
	}

	private enum Wait {

		IDLE, WRITE, HEAD, BODY

	}

	/**
	 * The transaction that uses the connection. After any of these calls the connection
	 * may have another owner, or be closed.
	 */
	interface Owner {

		/**
		 * The head of the final response is here.
		 * @param head valid until the owner calls anybody else
		 * @param status status code
		 */
		void response(MessageHead head, int status);

		/** 100 (Continue): the peer wants the body. */
		void continues();

		void content(ByteBuf piece);

		void responseEnded();

		/**
		 * The connection is of no use any more; the owner closes it.
		 * @param phase what was being done
		 * @param message what went wrong
		 * @param cause the exception behind it, or {@code null}
		 * @param touched whether any byte of a response has been received
		 */
		void lost(Phase phase, String message, @Nullable Throwable cause, boolean touched);

		void writabilityChanged();

	}

	ConnectReport report() {
		return this.report;
	}

	/** Time of the last event, ns. */
	long now() {
		return this.now;
	}

	/**
	 * Starts a transaction.
	 * @param next who uses the connection
	 * @param requestMethod request method
	 * @param hangup time without a sign of life, or {@code null}
	 * @param longPoll whether the body of the response may pause for any time
	 */
	void attach(Owner next, String requestMethod, @Nullable Duration hangup, boolean longPoll) {
		this.owner = next;
		this.method = requestMethod;
		this.validity = hangup;
		this.endless = longPoll;
		this.touched = false;
		this.interimCount = 0;
		this.reusable = true;
		this.now = this.executor.nanoTime();
		await(Wait.HEAD);
	}

	/** The request is on its way, or about to be; a response is due. */
	void awaitHead() {
		this.now = this.executor.nanoTime();
		await(Wait.HEAD);
	}

	/**
	 * The request body is not complete.
	 * @param stuck whether the peer does not take it; otherwise the application is slow,
	 * which has no limit
	 */
	void awaitBody(boolean stuck) {
		if (stuck && this.wait != Wait.WRITE) {
			this.now = this.executor.nanoTime();
			await(Wait.WRITE);
		}
		else if (!stuck) {
			this.wait = Wait.HEAD;
			this.deadline.clear();
		}
	}

	private void await(Wait next) {
		this.wait = next;
		if (this.endless && next == Wait.BODY) {
			this.validityRules = false;
			this.deadline.clear();
			return;
		}
		Duration limit = switch (next) {
			case IDLE -> this.limits.idleTimeout();
			case HEAD -> this.limits.responseTimeout();
			case WRITE, BODY -> this.limits.bodyTimeout();
		};
		Duration hangup = this.validity;
		this.validityRules = next != Wait.IDLE && hangup != null && hangup.compareTo(limit) < 0;
		if (this.validityRules && hangup != null) {
			limit = hangup;
		}
		this.deadline.set(this.now, limit);
	}

	void confirmValidity() {
		if (this.validityRules && !this.paused) {
			this.now = this.executor.nanoTime();
			await(this.wait);
		}
	}

	/** Will not be used again after this transaction. */
	void spoil() {
		this.reusable = false;
	}

	/**
	 * Ends a transaction whose response is complete. The connection is closed unless it
	 * can be used again.
	 */
	void release() {
		this.owner = null;
		if (this.paused) {
			this.paused = false;
			channel().config().setAutoRead(true);
		}
		if (!this.reusable || hasPending() || isInputEnded() || !channel().isActive() || !this.pool.keep(this)) {
			close();
			return;
		}
		this.validity = null;
		await(Wait.IDLE);
	}

	void close() {
		this.owner = null;
		this.deadline.stop();
		stopDecoding();
		channel().close();
	}

	void pause() {
		this.paused = true;
		channel().config().setAutoRead(false);
		if (this.wait == Wait.BODY) {
			this.deadline.clear();
		}
	}

	void resume() {
		this.paused = false;
		channel().config().setAutoRead(true);
		if (this.wait == Wait.BODY && this.owner != null) {
			this.now = this.executor.nanoTime();
			await(Wait.BODY);
		}
		// Not from inside, as the caller may be in the middle of something
		this.executor.execute(this::decode);
	}

	private void expired() {
		Owner current = this.owner;
		if (current == null) {
			this.pool.remove(this);
			close();
			return;
		}
		if (this.validityRules) {
			current.lost(Phase.VALIDITY, "no sign of life from the peer for " + this.validity, null, true);
			return;
		}
		switch (this.wait) {
			case HEAD -> current.lost(Phase.HANDSHAKE, "no response for " + this.limits.responseTimeout(), null, true);
			case WRITE -> current.lost(Phase.CONNECTION,
					"peer has not read the request body for " + this.limits.bodyTimeout(), null, true);
			default ->
				current.lost(Phase.CONNECTION, "no more of the response for " + this.limits.bodyTimeout(), null, true);
		}
	}

	@Override
	boolean isHeld() {
		return this.paused;
	}

	@Override
	void arrived(int count) {
		if (this.wait == Wait.BODY && !this.paused) {
			this.now = this.executor.nanoTime();
			await(Wait.BODY);
		}
	}

	@Override
	boolean beforeHead(ByteBuf in) {
		if (this.owner == null) {
			// Nothing was asked; a response to nothing must not answer the next request
			this.pool.remove(this);
			close();
			return false;
		}
		this.touched = true;
		return true;
	}

	@Override
	void head(MessageHead head) throws MalformedMessageException {
		int minor = minorVersion(head);
		int status = status(head);
		if (status < 200) {
			if (status == 101 || ++this.interimCount > this.limits.maxInterimResponses()) {
				throw MalformedMessageException.badRequest((status == 101) ? "upgrade that was not asked for"
						: "more than " + this.limits.maxInterimResponses() + " interim responses");
			}
			this.interim = true;
			this.body.startEmpty();
			if (status == 100 && this.owner != null) {
				this.owner.continues();
			}
			return;
		}
		this.now = this.executor.nanoTime();
		frame(head, minor, status);
		boolean persistent = (minor > 0) ? !head.hasToken("connection", "close")
				: head.hasToken("connection", "keep-alive");
		this.reusable &= persistent && !this.body.endsAtClose();
		await(Wait.BODY);
		if (this.owner != null) {
			this.owner.response(head, status);
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

	private static int minorVersion(MessageHead head) throws MalformedMessageException {
		byte[] line = head.bytes();
		if (head.startLineEnd() < STATUS_OFFSET + 3 || line[0] != 'H' || line[1] != 'T' || line[2] != 'T'
				|| line[3] != 'P' || line[4] != '/' || line[5] != '1' || line[6] != '.' || line[7] < '0'
				|| line[7] > '9' || line[8] != ' ') {
			throw MalformedMessageException.badRequest("response that does not start with HTTP/1.x");
		}
		return line[7] - '0';
	}

	private static int status(MessageHead head) throws MalformedMessageException {
		byte[] line = head.bytes();
		int status = 0;
		for (int i = STATUS_OFFSET; i < STATUS_OFFSET + 3; i++) {
			int digit = line[i] - '0';
			if (digit < 0 || digit > 9) {
				throw MalformedMessageException.badRequest("status that is not a number");
			}
			status = status * 10 + digit;
		}
		boolean ended = head.startLineEnd() == STATUS_OFFSET + 3 || line[STATUS_OFFSET + 3] == ' ';
		if (status < 100 || !ended) {
			throw MalformedMessageException.badRequest("status that is not a number from 100 to 999");
		}
		return status;
	}

	@Override
	void bodyContent(ByteBuf piece) {
		if (this.owner != null) {
			this.owner.content(piece);
		}
	}

	@Override
	void bodyEnded() {
		if (this.interim) {
			this.interim = false;
			return;
		}
		if (this.owner != null) {
			this.owner.responseEnded();
		}
	}

	@Override
	void inputEnded(@Nullable Throwable cause) {
		Owner current = this.owner;
		if (current == null) {
			this.pool.remove(this);
			close();
			return;
		}
		if (this.wait == Wait.BODY && this.body.endsAtClose() && isOrderlyEnd()) {
			this.reusable = false;
			this.body.startEmpty();
			current.responseEnded();
		}
		else if (this.wait == Wait.BODY) {
			current.lost(Phase.CONNECTION, "connection ended before the response was complete", cause, true);
		}
		else {
			current.lost(Phase.CONNECTION, "connection ended before a response", cause, this.touched);
		}
	}

	@Override
	void malformed(MalformedMessageException ex) {
		Owner current = this.owner;
		if (current == null) {
			close();
			return;
		}
		current.lost(Phase.PROTOCOL, String.valueOf(ex.getMessage()), ex, true);
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.owner != null) {
			this.owner.writabilityChanged();
		}
	}

}
