package io.securestreams.transport.http.exchange;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.ReceivedHeaders;
import io.securestreams.transport.http.ServerRoute;

/**
 * One request and its answer, as the application sees them: a stream of its own, on
 * whatever version of HTTP. Lives on the connection's event loop.
 */
public final class ServerExchange extends AnswerSlots implements AcceptedTransport {

	private static final Logger logger = LoggerFactory.getLogger(ServerExchange.class);

	/**
	 * What every slot can take: applications must not depend on the windows of clients.
	 */
	public static final int SLOT_CAPACITY = CAPACITY;

	private static final int BAD_REQUEST = 400;

	private static final int UNAVAILABLE = 503;

	private final ServerFraming framing;

	private final ServerRoute route;

	/** With a request that has content. */
	private @Nullable RequestDelivery request;

	private @Nullable AcceptedLink link;

	/** The application is being told of the request. */
	private boolean announcing;

	private boolean paused;

	/** All of the answer is on its way. */
	private boolean answerSent;

	private boolean settleScheduled;

	private boolean over;

	/** Makes an exchange, which nobody knows of yet. */
	public ServerExchange(ServerFraming framing, ServerRoute route, String method) {
		super(!route.http().body().noContentLength(), method.equals("HEAD"));
		this.framing = framing;
		this.route = route;
	}

	// For the framing

	/**
	 * Makes the stream.
	 * @return 0, or the status for a request that no stream takes
	 */
	public int open() {
		AcceptedLink accepted = this.route.acceptor().accept(this.framing.executor(), this, this.framing.peer());
		if (accepted == null) {
			this.over = true;
			return refusal(UNAVAILABLE);
		}
		this.link = accepted;
		return 0;
	}

	/**
	 * Hands the request to the application.
	 * @param method request method
	 * @param path path and query
	 * @param fields header fields; not used any more when this returns
	 * @param content whether content is to be expected, be it empty
	 * @param expectsContinue whether the client waits for a sign that it is wanted
	 */
	public void start(String method, String path, ReceivedHeaders fields, boolean content, boolean expectsContinue) {
		AcceptedLink to = link();
		if (content || expectsContinue) {
			RequestDelivery delivery = new RequestDelivery();
			delivery.start(to, this.route.http().body(), this.framing.messageLimits(), fields, content,
					expectsContinue);
			this.request = delivery;
		}
		this.route.requests().receive(method, path, fields, this.framing.identity(), to.metadata());
		this.announcing = true;
		to.connected(this.framing.peer());
		if (!this.over) {
			to.transaction();
		}
		this.announcing = false;
		settle();
	}

	/** Takes a piece of the request's content, borrowed. */
	public void received(ByteBuf piece) {
		RequestDelivery delivery = this.request;
		String problem = (delivery != null) ? delivery.piece(piece, !this.over && !isRefused()) : null;
		if (problem != null) {
			this.framing.refuse(BAD_REQUEST, Phase.PROTOCOL, problem, null);
		}
	}

	/** All of the request has arrived, and its content has been delivered. */
	public void requestEnded() {
		RequestDelivery delivery = this.request;
		if (delivery != null && !delivery.isComplete() && !this.over) {
			String problem = delivery.end(!isRefused());
			if (problem != null) {
				this.framing.refuse(BAD_REQUEST, Phase.PROTOCOL, problem, null);
			}
			else if (isWhole()) {
				scheduleSettle();
			}
		}
		finish();
	}

	@Override
	void nothingToSend() {
		this.answerSent = true;
		sent();
	}

	private void sent() {
		if (!this.over) {
			link().answerSent();
		}
	}

	/** All of the answer is on its way, in the end. */
	public void answerSent() {
		this.answerSent = true;
		sent();
		finish();
	}

	/** The exchange ends before it is complete. */
	public void lost(Phase phase, String message, @Nullable Throwable cause) {
		if (!this.over) {
			this.over = true;
			link().closed(StreamFailure.sent(phase, message, this.framing.peer(), cause));
		}
	}

	/** The application has taken longer than this. */
	public void late(Duration limit) {
		if (!this.over) {
			SlowHandlers.tell(link(), limit);
			this.framing.refuse(UNAVAILABLE, Phase.HANDLER, "no answer, or no more of it, for " + limit, null);
		}
	}

	/** Whether the application has asked for a slot and may have it. */
	public boolean wantsSlot() {
		return isWanted();
	}

	/** The client can take payload. */
	public void offerSlot(int capacity) {
		offer(capacity);
	}

	/**
	 * Gives the header fields of the answer that the application has set.
	 * @param sink takes them
	 * @throws InvalidRequestException if a name or value must not be sent
	 */
	public void fields(HeaderSink sink) {
		this.route.requests().answer(link().metadata(), sink);
	}

	/** Whether the application has written all of the answer. */
	public boolean isAnswered() {
		return isDone();
	}

	/** Whether the client waits for a sign that its body is wanted. */
	public boolean isContinueDue() {
		return this.request != null && this.request.isContinueDue();
	}

	// What follows from it

	@Override
	ServerFraming framing() {
		return this.framing;
	}

	/** Whether all of the request has been delivered. */
	private boolean isRequestComplete() {
		return this.request == null || this.request.isComplete();
	}

	private void signSent() {
		if (this.request != null) {
			this.request.signSent();
		}
	}

	@Override
	AcceptedLink link() {
		AcceptedLink current = this.link;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	@Override
	boolean isOver() {
		return this.over;
	}

	/** Acts on what the application has decided so far. */
	private void settle() {
		this.settleScheduled = false;
		if (this.over || this.announcing || isHeadSent()) {
			return;
		}
		if (isEmptyDue(isRequestComplete())) {
			try {
				sendHead(0, true);
			}
			catch (InvalidRequestException ex) {
				fail(String.valueOf(ex.getMessage()));
				return;
			}
			done();
			answerSent();
		}
		else if (isContinueDue() && !isRefused() && !this.paused) {
			signSent();
			this.framing.proceed();
		}
	}

	private void scheduleSettle() {
		if (!this.settleScheduled && !this.announcing) {
			this.settleScheduled = true;
			this.framing.executor().execute(() -> guarded(this::settle));
		}
	}

	@Override
	void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			logger.error("an answer has failed", ex);
			if (!this.over) {
				fail("unexpected " + ex);
			}
		}
	}

	@Override
	void fail(String problem) {
		this.framing.refuse(INTERNAL_ERROR, Phase.HANDLER, problem, null);
	}

	@Override
	void finish() {
		if (this.over || isInside() || !this.answerSent || !isDone()) {
			return;
		}
		if (isRequestComplete() || isRefused()) {
			// What is still to come of the request is not wanted, RFC 9113 section 8.1
			this.over = true;
			this.framing.finished();
			link().completed();
		}
	}

	@Override
	void sendHead(long length, boolean last) {
		this.framing.head(this, status(), length, last);
		headSent();
		signSent();
	}

	// For the engine

	@Override
	public void write(ByteBuf piece, int flags, long ordinal) {
		write(piece, flags);
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void acknowledge(int status) {
		choose((status == USUAL) ? OK : status, false);
	}

	@Override
	public void answer(int status) {
		choose((status == USUAL) ? NOT_FOUND : status, true);
	}

	@Override
	public void fail() {
		choose(INTERNAL_ERROR, true);
	}

	private void choose(int status, boolean whole) {
		if (this.over) {
			return;
		}
		decide(status, whole);
		decided();
		if (isWhole() || isContinueDue()) {
			scheduleSettle();
		}
	}

	@Override
	public void requestWrite() {
		request();
	}

	@Override
	public void pauseReading() {
		if (!this.over) {
			this.paused = true;
			this.framing.pause();
		}
	}

	@Override
	public void resumeReading() {
		if (this.over) {
			return;
		}
		this.paused = false;
		this.framing.resume();
		if (isContinueDue()) {
			scheduleSettle();
		}
	}

	@Override
	public void grantCredit(int bytes) {
		if (!this.over) {
			this.framing.grantCredit(bytes);
		}
	}

	/** Requests are transactions in flight, and end by themselves. */
	@Override
	public void drain() {
	}

	@Override
	public void close() {
		if (this.link == null || this.over) {
			return;
		}
		this.over = true;
		this.framing.cancel(isFaultUntold() ? INTERNAL_ERROR : 0, isDone());
	}

}
