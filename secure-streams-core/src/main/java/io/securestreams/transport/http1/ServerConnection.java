package io.securestreams.transport.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.securestreams.engine.spi.PayloadFlags;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.EventLoopExecutor;
import io.securestreams.transport.http.MetadataHeaders;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection, which is one stream: reads requests, one at a time, and hands
 * each to the application. The next request is not looked at before the response to the
 * one before has ended.
 */
final class ServerConnection extends Http1Handler {

	/** More of a request body nobody wants is not worth the connection; bytes. */
	private static final int MAX_DISCARD = 64 * 1024;

	private static final int MAX_EMPTY_LINES = 2;

	/** From this status on, the body of the request is not wanted. */
	static final int REFUSED = 300;

	private final ServerRuntime runtime;

	private final EventLoopExecutor executor;

	private final String peer;

	private final MetadataHeaders headers;

	private final ServerResponse response;

	private final Http1ServerTransport transport;

	private final Deadline deadline;

	private final ServerClosing closing;

	private @Nullable StreamLink link;

	private Input input = Input.IDLE;

	/** From the head of a request to the end of both the request and its response. */
	private boolean busy;

	private boolean connected;

	private boolean announcing;

	private boolean bodyStarted;

	private boolean discarding;

	private int discarded;

	private boolean continueDue;

	private boolean paused;

	private boolean draining;

	/** The peer does not read. */
	private boolean stuck;

	private int emptyLines;

	ServerConnection(ServerRuntime runtime, EventLoopExecutor executor, String peer) {
		super(runtime.settings().message());
		this.runtime = runtime;
		this.executor = executor;
		this.peer = peer;
		this.headers = new MetadataHeaders(runtime.policy());
		this.response = new ServerResponse(this, this.headers, runtime.http().body().noContentLength());
		this.transport = new Http1ServerTransport(this, this.response, executor);
		this.deadline = new Deadline(executor, this::expired);
		this.closing = new ServerClosing(this, executor, runtime.settings());
	}

	private enum Input {

		/** Nothing of a request has arrived. */
		IDLE,

		HEAD, BODY,

		/** All of the request has arrived. */
		COMPLETE

	}

	void start(StreamLink accepted) {
		if (isClosed()) {
			return;
		}
		this.link = accepted;
		this.deadline.set(this.executor.nanoTime(), this.runtime.settings().headTimeout());
		channel().config().setAutoRead(!this.paused);
	}

	void refuse() {
		stopDecoding();
		channel().close();
	}

	StreamLink link() {
		StreamLink current = this.link;
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	// Reading

	@Override
	boolean isHeld() {
		return (this.paused && !this.discarding) || (this.busy && this.input == Input.COMPLETE);
	}

	@Override
	void arrived() {
		if (isHeld()) {
			// Pipelined: the rest may wait in the socket
			channel().config().setAutoRead(false);
		}
		else if (this.input == Input.BODY) {
			this.deadline.set(this.executor.nanoTime(), this.runtime.settings().bodyTimeout());
		}
	}

	@Override
	boolean beforeHead(ByteBuf in) throws MalformedMessageException {
		if (this.input == Input.HEAD) {
			return true;
		}
		while (in.isReadable() && in.getByte(in.readerIndex()) == '\r') {
			if (in.readableBytes() < 2) {
				return false;
			}
			if (in.getByte(in.readerIndex() + 1) != '\n' || ++this.emptyLines > MAX_EMPTY_LINES) {
				throw MalformedMessageException.badRequest("empty lines instead of a request");
			}
			in.skipBytes(2);
		}
		if (!in.isReadable()) {
			return false;
		}
		this.input = Input.HEAD;
		this.emptyLines = 0;
		this.deadline.set(this.executor.nanoTime(), this.runtime.settings().headTimeout());
		return true;
	}

	@Override
	void head(MessageHead head) throws MalformedMessageException {
		StreamLink to = link();
		this.busy = true;
		this.response.start("GET", 1, false);
		ServerRequest request = ServerRequest.of(head, this.body);
		this.response.start(request.method(), request.minor(), request.persistent() && !this.draining);
		this.continueDue = request.expectsContinue();
		this.input = Input.BODY;
		this.bodyStarted = false;
		this.discarding = false;
		this.stuck = false;
		this.transport.start();
		this.runtime.requests().receive(request.method(), request.path(), head, this.headers, to.metadata());
		this.deadline.set(this.executor.nanoTime(), this.runtime.settings().bodyTimeout());
		announce(to);
	}

	private void announce(StreamLink to) {
		this.announcing = true;
		if (!this.connected) {
			this.connected = true;
			to.connected(this.peer);
		}
		if (!isClosed()) {
			to.transaction();
		}
		this.announcing = false;
		if (!isClosed()) {
			this.transport.settle();
		}
	}

	@Override
	void bodyContent(ByteBuf piece) {
		if (this.discarding) {
			this.discarded += piece.readableBytes();
			if (this.discarded > MAX_DISCARD) {
				finish();
			}
			return;
		}
		boolean start = !this.bodyStarted;
		this.bodyStarted = true;
		this.continueDue = false;
		link().received(piece, start ? PayloadFlags.SOM : 0);
	}

	@Override
	void bodyEnded() {
		this.input = Input.COMPLETE;
		this.deadline.clear();
		this.continueDue = false;
		if (this.bodyStarted && !this.discarding) {
			link().received(Unpooled.EMPTY_BUFFER, PayloadFlags.EOM);
			if (isClosed()) {
				return;
			}
		}
		if (this.response.isDone()) {
			transactionEnded();
		}
		else if (this.response.status() != 0) {
			this.transport.scheduleSettle();
		}
	}

	/** The response has been written; the request may still be arriving. */
	void responseEnded() {
		if (this.input == Input.COMPLETE) {
			transactionEnded();
			return;
		}
		int status = this.response.status();
		if (this.body.isDone() || (status != 0 && status < REFUSED)) {
			// The end of the request is about to be delivered, or the application reads
			// on
			return;
		}
		if (!this.response.isPersistent()) {
			finish();
		}
		else {
			this.discarding = true;
			this.discarded = 0;
			this.deadline.set(this.executor.nanoTime(), this.runtime.settings().bodyTimeout());
			resumeInput();
		}
	}

	private void transactionEnded() {
		if (!this.response.isPersistent() || this.draining) {
			finish();
			return;
		}
		this.busy = false;
		this.discarding = false;
		this.input = Input.IDLE;
		this.deadline.set(this.executor.nanoTime(), this.runtime.settings().idleTimeout());
		resumeInput();
	}

	private void resumeInput() {
		if (!isHeld()) {
			channel().config().setAutoRead(true);
			if (hasPending()) {
				this.executor.execute(this::decode);
			}
		}
	}

	/** The stream has no more to do with the connection, which ends in peace. */
	private void finish() {
		this.deadline.stop();
		this.closing.afterResponse(this.input != Input.COMPLETE || hasPending());
		link().completed();
	}

	void fail(Phase phase, @Nullable String message, @Nullable Throwable cause) {
		this.deadline.stop();
		this.closing.now();
		link().closed(StreamFailure.sent(phase, (message != null) ? message : phase.toString(), this.peer, cause));
	}

	@Override
	void malformed(MalformedMessageException ex) {
		refuse(ex.status(), Phase.PROTOCOL, "not a proper request: " + ex.getMessage(), ex);
	}

	private void refuse(int status, Phase phase, String message, @Nullable Throwable cause) {
		this.deadline.stop();
		if (this.response.isHeadSent() && this.busy) {
			this.closing.now();
		}
		else {
			this.response.error(status, this.executor.epochMillis());
			this.closing.afterResponse(true);
		}
		link().closed(StreamFailure.sent(phase, message, this.peer, cause));
	}

	private void expired() {
		switch (this.input) {
			case IDLE -> gone(null, "no request for " + this.runtime.settings().headTimeout());
			case HEAD -> refuse(408, Phase.HANDSHAKE,
					"request head is not complete after " + this.runtime.settings().headTimeout(), null);
			case BODY -> refuse(408, Phase.CONNECTION,
					"no more of the request for " + this.runtime.settings().bodyTimeout(), null);
			case COMPLETE -> fail(Phase.CONNECTION,
					"peer has not read the response for " + this.runtime.settings().bodyTimeout(), null);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		inputEnded(null);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent) {
			inputEnded(null);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		inputEnded(cause);
	}

	@Override
	void inputEnded(@Nullable Throwable cause) {
		this.closing.inputEnded();
		if (!isClosed() && this.link != null) {
			gone(cause, "connection ended");
		}
	}

	private void gone(@Nullable Throwable cause, String message) {
		if (this.busy) {
			fail(Phase.CONNECTION, message + " before the transaction was complete", cause);
		}
		else if (!this.connected) {
			fail((cause instanceof DecoderException) ? Phase.TLS : Phase.HANDSHAKE,
					message + " before the first request", cause);
		}
		else {
			this.deadline.stop();
			this.closing.now();
			link().completed();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (ctx.channel().isWritable() && this.link != null && !isClosed()) {
			this.stuck = false;
			this.transport.pump();
		}
	}

	// For the transport

	Http1ServerTransport transport() {
		return this.transport;
	}

	/** Whether there is a request, or a response, in progress. */
	boolean isBusy() {
		return this.busy && !isClosed();
	}

	/** Whether the application is being told of a request. */
	boolean isAnnouncing() {
		return this.announcing;
	}

	boolean isRequestComplete() {
		return this.input == Input.COMPLETE || this.body.isDone();
	}

	boolean isContinueDue() {
		return this.continueDue;
	}

	/** Whether the client waits for a sign that the body is wanted, and it is. */
	boolean takeContinue() {
		boolean take = this.continueDue && !this.paused;
		this.continueDue &= !take;
		return take;
	}

	/**
	 * A peer that does not read has a time limit; an application that is slow has not.
	 */
	void watchPeer() {
		if (this.input != Input.COMPLETE) {
			return;
		}
		if (channel().isWritable()) {
			this.stuck = false;
			this.deadline.clear();
		}
		else if (!this.stuck) {
			this.stuck = true;
			this.deadline.set(this.executor.nanoTime(), this.runtime.settings().bodyTimeout());
		}
	}

	void pause() {
		this.paused = true;
		channel().config().setAutoRead(false);
		if (this.input == Input.BODY) {
			this.deadline.clear();
		}
	}

	void resume() {
		this.paused = false;
		if (isClosed()) {
			return;
		}
		if (this.input == Input.BODY) {
			this.deadline.set(this.executor.nanoTime(), this.runtime.settings().bodyTimeout());
		}
		if (this.continueDue) {
			this.transport.scheduleSettle();
		}
		channel().config().setAutoRead(!isHeld() || !hasPending());
		this.executor.execute(this::decode);
	}

	void drain() {
		this.draining = true;
		if (!this.busy) {
			this.executor.execute(() -> {
				if (!this.busy && !isClosed()) {
					finish();
				}
			});
		}
	}

	/** The engine wants the connection to end. */
	void end() {
		if (isClosed()) {
			return;
		}
		this.deadline.stop();
		if (this.response.isDone()) {
			this.closing.afterResponse(false);
		}
		else {
			this.closing.now();
		}
	}

}
