package io.securestreams.transport.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.engine.spi.StreamTransport;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.InvalidRequestException;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.MetadataHeaders;
import io.securestreams.transport.http.ResponseRules;
import io.securestreams.transport.http.ServerRoute;

/**
 * The application's side of a request: what it learns of it, and what becomes of its
 * response.
 */
final class ServerExchange implements StreamTransport, HeaderSink {

	/** From this status on, the body of the request is not wanted. */
	private static final int REFUSED = 300;

	private static final int DEFAULT_STATUS = 404;

	private static final int CONTINUE = 100;

	private static final int BAD_REQUEST = 400;

	private static final int INTERNAL_ERROR = 500;

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

	private @Nullable StreamLink link;

	private @Nullable MessagePayload payload;

	private boolean announcing;

	private boolean continueDue;

	private boolean paused;

	private int status;

	/** The application is going to write the response, now or later. */
	private boolean txAsked;

	private boolean headSent;

	private boolean hasDate;

	/** Bytes the response's head has announced, less those written; -1 if it has not. */
	private long left = -1;

	/** The application has written all of the response. */
	private boolean done;

	private boolean settleScheduled;

	private boolean offerScheduled;

	private @Nullable String broken;

	ServerExchange(Http2ServerConnection connection, Http2ServerStream stream, ServerRoute route, boolean head) {
		this.connection = connection;
		this.stream = stream;
		this.route = route;
		this.headers = route.requests().newHeaders();
		this.head = head;
	}

	void start(ReceivedRequest request, String path, boolean endStream) {
		this.continueDue = request.expectsContinue() && !endStream;
		StreamLink accepted = this.route.acceptor()
			.accept(this.connection.executor(), this, this.connection.peerName());
		if (accepted == null) {
			this.stream.refuse((this.status >= REFUSED) ? this.status : Http2ServerConnection.UNAVAILABLE);
			return;
		}
		this.link = accepted;
		if (!endStream) {
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

	StreamLink link() {
		StreamLink current = this.link;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	boolean isHeadSent() {
		return this.headSent;
	}

	boolean isDone() {
		return this.done;
	}

	/** Whether the response says that the request's body is not wanted. */
	boolean isRefusal() {
		return this.status >= REFUSED || this.status == 0;
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

	/** The request is complete; it had a body, or room for one. */
	void requestEnded() {
		MessagePayload body = this.payload;
		this.continueDue = false;
		if (body != null) {
			if (body.isIncomplete()) {
				this.stream.refuse(BAD_REQUEST, StreamEnd.of(Phase.PROTOCOL, "multipart body without its end"));
				return;
			}
			body.end();
		}
		this.stream.finish();
		if (!this.stream.isOver() && this.status != 0) {
			scheduleSettle();
		}
	}

	/** Acts on what the application has decided so far. */
	private void settle() {
		this.settleScheduled = false;
		if (this.stream.isOver() || this.announcing || this.headSent) {
			return;
		}
		boolean refused = this.status >= REFUSED;
		if (this.status != 0 && !this.txAsked && !link().txRequested()
				&& (refused || this.stream.isRequestComplete())) {
			answerEmpty();
		}
		else if (this.continueDue && !refused && !this.paused) {
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
		this.done = true;
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
		this.stream.abort(Http2Error.INTERNAL_ERROR, StreamEnd.of(Phase.HANDLER, problem));
	}

	@Override
	public void write(ByteBuf payload, int flags, long ordinal) {
		int size = payload.readableBytes();
		if (this.stream.isOver() || this.done || this.broken != null || (size == 0 && flags == 0)) {
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
		if (this.broken == null) {
			this.broken = count(size, end);
		}
		if (this.broken != null) {
			payload.release();
			return;
		}
		this.done = end;
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
		if (this.headSent) {
			return null;
		}
		boolean unframed = this.route.http().body().noContentLength();
		long length = unframed ? -1 : link().txLength();
		if (length < 0 && end && !unframed) {
			length = size;
		}
		if (length >= 0 && size > length) {
			return "response body is longer than announced, by " + (size - length) + " bytes or more";
		}
		this.left = length;
		boolean whole = isBodyless() || (end && size == 0);
		sendHead(length, whole);
		if (whole) {
			this.stream.endedWithHead();
		}
		return null;
	}

	private @Nullable String count(int size, boolean end) {
		if (this.left < 0 || isBodyless()) {
			return null;
		}
		this.left -= size;
		if (this.left < 0) {
			return "response body is longer than announced, by " + -this.left + " bytes or more";
		}
		return (end && this.left > 0) ? "response body is shorter than announced, by " + this.left + " bytes" : null;
	}

	private boolean isBodyless() {
		return this.head || !ResponseRules.hasContent("GET", code());
	}

	private int code() {
		return (this.status != 0) ? this.status : DEFAULT_STATUS;
	}

	private void sendHead(long length, boolean endStream) {
		StreamLink to = link();
		this.headers.refresh(to.metadata());
		HeaderBlock block = this.connection.head(code());
		this.headers.forEach(to.metadata(), this);
		if (!this.hasDate) {
			block.date(this.connection.date());
		}
		if (length >= 0 && ResponseRules.hasContent("GET", code())) {
			block.contentLength(length);
		}
		this.connection.writer()
			.headers(this.stream.id(), block.array(), block.length(), endStream, this.connection.peer().maxFrameSize());
		this.headSent = true;
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
	public void respond(int code) {
		if (!this.headSent) {
			this.status = code;
		}
		if (!this.announcing) {
			scheduleSettle();
		}
	}

	@Override
	public void requestWrite() {
		this.txAsked = true;
		if (this.stream.isOver() || this.done) {
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
		if (!this.stream.isOver() && !this.done) {
			this.stream.writable(SLOT_CAPACITY);
		}
	}

	@Override
	public void connect() {
		throw new IllegalStateException("accepted stream");
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
	public void confirmValidity() {
		// Accepted connections have no validity checks
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
		if (!this.headSent && this.status == INTERNAL_ERROR) {
			this.stream.giveUp(INTERNAL_ERROR);
		}
		else {
			this.stream.cancel(this.stream.outgoing().isEnded() ? Http2Error.NO_ERROR : Http2Error.CANCEL);
		}
	}

}
