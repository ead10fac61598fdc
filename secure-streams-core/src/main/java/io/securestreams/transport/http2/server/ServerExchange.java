package io.securestreams.transport.http2.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.AcceptedLink;
import io.securestreams.engine.spi.AcceptedTransport;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.TransportKind;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.ServerAnswer;
import io.securestreams.transport.http.ServerRoute;
import io.securestreams.transport.http2.StreamEnd;
import io.securestreams.transport.http2.frame.HeaderBlock;

/**
 * The application's side of a request: what it learns of it, and what becomes of its
 * response.
 */
final class ServerExchange implements AcceptedTransport, HeaderSink {

	private static final int CONTINUE = 100;

	private static final int BAD_REQUEST = 400;

	/**
	 * What every slot can take: applications must not depend on the windows of clients.
	 * What these have no room for is held.
	 */
	static final int SLOT_CAPACITY = 16 * 1024;

	private final Http2ServerConnection connection;

	private final Http2ServerStream stream;

	private final ServerRoute route;

	private final MetadataHeaders headers;

	private final boolean head;

	private @Nullable AcceptedLink link;

	private @Nullable MessagePayload payload;

	private boolean announcing;

	private boolean continueDue;

	private boolean paused;

	private final ServerAnswer answer = new ServerAnswer();

	private boolean hasDate;

	private boolean settleScheduled;

	private boolean offerScheduled;

	/** The application has asked for a slot before it has chosen a status. */
	private boolean slotWanted;

	private @Nullable String broken;

	ServerExchange(Http2ServerConnection connection, Http2ServerStream stream, ServerRoute route, boolean head) {
		this.connection = connection;
		this.stream = stream;
		this.route = route;
		this.headers = route.requests().newHeaders();
		this.head = head;
	}

	/**
	 * Hands the request to the application.
	 * @param request its head
	 * @param path path and query
	 * @param endStream whether the head is all of it
	 * @param content whether content is to be expected, be it empty
	 */
	void start(ReceivedRequest request, String path, boolean endStream, boolean content) {
		this.continueDue = request.expectsContinue() && !endStream;
		AcceptedLink accepted = this.route.acceptor()
			.accept(this.connection.executor(), this, this.connection.peerName());
		if (accepted == null) {
			this.stream.refuse(this.answer.refusal(Http2ServerConnection.UNAVAILABLE));
			return;
		}
		this.link = accepted;
		if (content) {
			MessagePayload body = new MessagePayload(accepted, this.route.http().body(),
					this.connection.messageLimits());
			body.start(request.fields());
			this.payload = body;
		}
		this.route.requests()
			.receive(request.method(), path, request.fields(), this.connection.identity(), this.headers,
					accepted.metadata());
		this.announcing = true;
		accepted.connected(this.connection.peerName());
		if (!this.stream.isOver()) {
			accepted.transaction();
		}
		this.announcing = false;
		settle();
	}

	AcceptedLink link() {
		AcceptedLink current = this.link;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	boolean isHeadSent() {
		return this.answer.isHeadSent();
	}

	boolean isDone() {
		return this.answer.isDone();
	}

	/** Whether the response says that the request's body is not wanted. */
	boolean isRefusal() {
		return this.answer.isRefused();
	}

	/** Whether the client waits for a sign that its body is wanted. */
	boolean isContinueDue() {
		return this.continueDue;
	}

	void received(ByteBuf data) {
		MessagePayload body = this.payload;
		this.continueDue = false;
		if (body != null) {
			try {
				body.content(data);
			}
			catch (IllegalArgumentException ex) {
				this.stream.refuse(BAD_REQUEST, StreamEnd.of(Phase.PROTOCOL, "multipart body: " + ex.getMessage()));
			}
		}
	}

	/** The request is complete; it had content, which may have been empty. */
	void requestEnded() {
		MessagePayload body = this.payload;
		this.continueDue = false;
		if (body != null) {
			if (body.isIncomplete()) {
				this.stream.refuse(BAD_REQUEST, StreamEnd.of(Phase.PROTOCOL, "multipart body without its end"));
				return;
			}
			body.endExpected();
		}
		this.stream.finish();
		if (!this.stream.isOver() && this.answer.status() != 0) {
			scheduleSettle();
		}
	}

	/** Acts on what the application has decided so far. */
	private void settle() {
		this.settleScheduled = false;
		if (this.stream.isOver() || this.announcing || this.answer.isHeadSent()) {
			return;
		}
		if (this.answer.isEmptyDue(this.stream.isRequestComplete())) {
			answerEmpty();
		}
		else if (this.continueDue && !this.answer.isRefused() && !this.paused) {
			this.continueDue = false;
			HeaderBlock block = this.connection.head(CONTINUE);
			this.connection.writer()
				.headers(this.stream.id(), block.array(), block.length(), false, this.connection.peer().maxFrameSize());
		}
	}

	private void scheduleSettle() {
		if (!this.settleScheduled) {
			this.settleScheduled = true;
			this.connection.execute(this::settle);
		}
	}

	private void answerEmpty() {
		try {
			sendHead(0, true);
		}
		catch (InvalidRequestException ex) {
			fail(String.valueOf(ex.getMessage()));
			return;
		}
		this.answer.done();
		this.stream.endedWithHead();
	}

	/** The application has had its slot. */
	void afterSlot() {
		String problem = this.broken;
		if (problem != null) {
			this.broken = null;
			fail(problem);
		}
	}

	private void fail(String problem) {
		StreamEnd reason = StreamEnd.of(Phase.HANDLER, problem);
		if (this.answer.isHeadSent()) {
			this.stream.abort(Http2Error.INTERNAL_ERROR, reason);
		}
		else {
			this.stream.refuse(ServerAnswer.INTERNAL_ERROR, reason);
		}
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		int size = payload.readableBytes();
		if (this.stream.isOver() || this.answer.isDone() || this.broken != null || (size == 0 && flags == 0)) {
			payload.release();
			return;
		}
		boolean end = (flags & PayloadFlags.EOM) != 0;
		try {
			this.broken = begin(size, end);
		}
		catch (InvalidRequestException ex) {
			this.broken = String.valueOf(ex.getMessage());
		}
		if (this.broken != null) {
			payload.release();
			return;
		}
		if (end) {
			this.answer.done();
		}
		if (this.stream.outgoing().isEnded()) {
			payload.release();
		}
		else {
			this.stream.write(payload, end);
		}
		if (!end) {
			requestWrite();
		}
	}

	private @Nullable String begin(int size, boolean end) {
		boolean framed = !this.route.http().body().noContentLength();
		String problem = this.answer.piece(link(), framed, isBodyless(), size, end);
		if (problem == null && !this.answer.isHeadSent()) {
			boolean whole = isBodyless() || (end && size == 0);
			sendHead(this.answer.length(), whole);
			if (whole) {
				this.stream.endedWithHead();
			}
		}
		return problem;
	}

	private boolean isBodyless() {
		return this.head || !ResponseRules.hasContent("GET", this.answer.status());
	}

	private void sendHead(long length, boolean endStream) {
		AcceptedLink to = link();
		this.headers.refresh(to.metadata());
		HeaderBlock block = this.connection.head(this.answer.status());
		this.headers.forEach(to.metadata(), this);
		if (!this.hasDate) {
			block.date(this.connection.date());
		}
		if (length >= 0 && ResponseRules.hasContent("GET", this.answer.status())) {
			block.contentLength(length);
		}
		this.connection.writer()
			.headers(this.stream.id(), block.array(), block.length(), endStream, this.connection.peer().maxFrameSize());
		this.answer.headSent();
		this.continueDue = false;
	}

	@Override
	public void field(String name, String value) {
		byte[] encoded = this.connection.names().encode(name);
		if (encoded != null) {
			this.connection.block().field(encoded, value);
			this.hasDate |= name.equalsIgnoreCase("date");
		}
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
		this.answer.decide(status, whole);
		if (this.slotWanted) {
			requestWrite();
		}
		if (!this.announcing) {
			scheduleSettle();
		}
	}

	@Override
	public void requestWrite() {
		this.slotWanted = !this.answer.takesPayload();
		if (this.stream.isOver() || !this.answer.takesPayload()) {
			return;
		}
		if (!isBodyless() && !this.stream.outgoing().isWithoutWindow()) {
			this.stream.requestWrite();
		}
		else if (!this.offerScheduled) {
			// The head needs no window
			this.offerScheduled = true;
			this.connection.execute(this::offer);
		}
	}

	private void offer() {
		this.offerScheduled = false;
		if (!this.stream.isOver() && !this.answer.isDone()) {
			this.stream.writable(SLOT_CAPACITY);
		}
	}

	@Override
	public void pauseReading() {
		this.paused = true;
		this.stream.pauseReading();
	}

	@Override
	public void resumeReading() {
		this.paused = false;
		if (this.stream.isOver()) {
			return;
		}
		this.stream.resumeReading();
		if (this.continueDue) {
			scheduleSettle();
		}
	}

	@Override
	public void grantCredit(int bytes) {
		this.stream.grantCredit(bytes);
	}

	@Override
	public void drain() {
		// Requests are transactions in flight, and end by themselves
	}

	@Override
	public void close() {
		if (this.link == null || this.stream.isOver()) {
			return;
		}
		if (this.answer.isFaultUntold()) {
			this.stream.giveUp(ServerAnswer.INTERNAL_ERROR);
		}
		else {
			this.stream.cancel(this.stream.outgoing().isEnded() ? Http2Error.NO_ERROR : Http2Error.CANCEL);
		}
	}

}
