package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.ServerAnswer;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.loop.EventLoopExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The stream that serves one request: what the engine asks of a {@link ServerConnection},
 * and the slots in which the application writes its response.
 */
final class AcceptedStream implements AcceptedTransport {

	private static final int SLOT_CAPACITY = 16 * 1024;

	/** Slots before other streams of the event loop have their turn. */
	private static final int SLOTS_PER_TURN = 16;

	private final ServerConnection connection;

	private final ServerResponse response;

	private final ServerAnswer answer;

	private final EventLoopExecutor executor;

	private final ServerRoute route;

	private final MetadataHeaders headers;

	private final boolean noContentLength;

	private @Nullable AcceptedLink link;

	private @Nullable MessagePayload payload;

	/** The connection serves others now. */
	private boolean detached;

	private boolean slotWanted;

	private boolean pumpScheduled;

	private boolean settleScheduled;

	private @Nullable String broken;

	AcceptedStream(ServerConnection connection, ServerResponse response, EventLoopExecutor executor,
			ServerRoute route) {
		this.connection = connection;
		this.response = response;
		this.answer = response.answer();
		this.executor = executor;
		this.route = route;
		this.headers = route.requests().newHeaders();
		this.noContentLength = route.http().body().noContentLength();
	}

	void attach(AcceptedLink accepted) {
		this.link = accepted;
		this.payload = new MessagePayload(accepted, this.route.http().body(), this.connection.limits());
	}

	/** Takes the bodies of requests. */
	MessagePayload payload() {
		MessagePayload current = this.payload;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	/** The engine's wishes do not concern the connection any more. */
	void detach() {
		this.detached = true;
	}

	AcceptedLink link() {
		AcceptedLink current = this.link;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	MetadataHeaders headers() {
		return this.headers;
	}

	boolean noContentLength() {
		return this.noContentLength;
	}

	/** Tells the engine of the request, which may end the connection. */
	void announce(String peer, MessageHead head) {
		AcceptedLink to = link();
		payload().start(head);
		to.connected(peer);
		if (!isOver()) {
			to.transaction();
		}
	}

	private boolean isOver() {
		return this.detached || this.connection.isClosed();
	}

	/** Acts on what the application has decided so far. */
	void settle() {
		this.settleScheduled = false;
		if (this.detached || !this.connection.isBusy() || this.connection.isAnnouncing()) {
			return;
		}
		if (this.answer.isEmptyDue(this.connection.isRequestComplete())) {
			answerEmpty();
			return;
		}
		if (!this.answer.isRefused() && !this.answer.isHeadSent() && this.connection.takeContinue()) {
			this.response.proceed();
			this.connection.flushSoon();
		}
		schedulePump();
	}

	void scheduleSettle() {
		if (!this.settleScheduled) {
			this.settleScheduled = true;
			this.executor.execute(this::settle);
		}
	}

	private void answerEmpty() {
		beforeResponse();
		try {
			this.response.empty(this);
		}
		catch (InvalidRequestException ex) {
			this.connection.broken(String.valueOf(ex.getMessage()));
			return;
		}
		this.connection.flushSoon();
		this.connection.responseEnded();
	}

	private void beforeResponse() {
		if (!this.answer.isHeadSent() && this.connection.isContinueDue()) {
			// The client may send the body now or not: no telling where the next request
			// starts
			this.response.closeAfter();
		}
	}

	private void schedulePump() {
		if (this.slotWanted && this.answer.takesPayload() && this.connection.isBusy() && !this.connection.isAnnouncing()
				&& !this.pumpScheduled) {
			this.pumpScheduled = true;
			this.executor.execute(this::pump);
		}
	}

	void pump() {
		this.pumpScheduled = false;
		if (this.detached) {
			return;
		}
		AcceptedLink to = link();
		int slots = 0;
		while (this.slotWanted && this.answer.takesPayload() && this.connection.isBusy()
				&& this.connection.channel().isWritable()) {
			if (slots++ == SLOTS_PER_TURN) {
				schedulePump();
				break;
			}
			this.slotWanted = false;
			to.writable(SLOT_CAPACITY);
			String problem = this.broken;
			if (problem != null) {
				this.broken = null;
				this.connection.broken(problem);
				return;
			}
		}
		if (!this.connection.isBusy()) {
			return;
		}
		this.connection.flushSoon();
		if (!this.answer.isDone()) {
			this.connection.watchPeer();
		}
		else if (slots > 0) {
			this.connection.responseEnded();
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		if (this.detached || !this.connection.isBusy() || this.answer.isDone()) {
			payload.release();
			return;
		}
		boolean used = payload.isReadable() || flags != 0;
		beforeResponse();
		try {
			this.broken = this.response.write(this, payload, flags);
		}
		catch (InvalidRequestException ex) {
			this.broken = ex.getMessage();
		}
		this.slotWanted |= used && !this.answer.isDone();
	}

	@Override
	public TransportKind kind() {
		return TransportKind.TRANSACTIONS;
	}

	@Override
	public void acknowledge(int status) {
		decide((status == USUAL) ? ServerAnswer.OK : status, false);
	}

	@Override
	public void answer(int status) {
		decide((status == USUAL) ? ServerAnswer.NOT_FOUND : status, true);
	}

	@Override
	public void fail() {
		decide(ServerAnswer.INTERNAL_ERROR, true);
	}

	private void decide(int status, boolean whole) {
		if (this.detached) {
			return;
		}
		this.answer.decide(status, whole);
		if (!this.connection.isAnnouncing()) {
			scheduleSettle();
		}
	}

	@Override
	public void requestWrite() {
		if (this.detached) {
			return;
		}
		this.slotWanted = true;
		schedulePump();
	}

	@Override
	public void pauseReading() {
		if (!this.detached) {
			this.connection.pause();
		}
	}

	@Override
	public void resumeReading() {
		if (!this.detached) {
			this.connection.resume();
		}
	}

	@Override
	public void drain() {
		if (!this.detached && this.link != null) {
			this.connection.drain();
		}
	}

	@Override
	public void close() {
		if (!this.detached && this.link != null) {
			this.connection.end();
		}
	}

}
