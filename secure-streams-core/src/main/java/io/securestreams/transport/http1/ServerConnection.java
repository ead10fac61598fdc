package io.securestreams.transport.http1;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.MessagePayload;
import io.securestreams.transport.http.ServerAnswer;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection: reads requests, one at a time, and has each served by the
 * stream it is for. The next request is not looked at before the response to the one
 * before has ended.
 */
final class ServerConnection extends Http1Handler {

	private static final int TOO_LARGE = 413;

	private final HttpServerLimits limits;

	private final EventLoopExecutor executor;

	private final ServerResponse response;

	private final RequestDispatch dispatch;

	private final RequestClock clock;

	private final ServerClosing closing;

	private final ConnectionEnd end;

	private final RequestContent content;

	private final EmptyLines emptyLines = new EmptyLines();

	private Input input = Input.IDLE;

	/** From the head of a request to the end of both the request and its response. */
	private boolean busy;

	private boolean continueDue;

	private boolean paused;

	private boolean draining;

	/** The peer does not read. */
	private boolean stuck;

	ServerConnection(HttpServerLimits limits, EventLoopExecutor executor, String peer, PeerIdentity identity,
			Supplier<ServerRoutes> routes, UpgradeHandler upgrades) {
		super(limits.message());
		this.limits = limits;
		this.executor = executor;
		this.response = new ServerResponse(this);
		this.dispatch = new RequestDispatch(this, this.response, executor, peer, identity, routes, upgrades);
		this.clock = new RequestClock(executor, limits, this::expired);
		this.closing = new ServerClosing(this, executor, limits);
		this.end = new ConnectionEnd(this.closing, this.response, this.dispatch, this.clock, executor, peer);
		this.content = new RequestContent(limits.maxBodySize());
	}

	private enum Input {

		/** Nothing of a request has arrived. */
		IDLE,

		HEAD, BODY,

		/** All of the request has arrived. */
		COMPLETE

	}

	void start() {
		this.clock.awaitHead();
		// Some clients end their side after the last request, and wait for the answer
		channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		channel().config().setAutoRead(true);
	}

	// Reading

	@Override
	boolean isHeld() {
		return (this.paused && !this.content.isDiscarding()) || (this.busy && this.input == Input.COMPLETE);
	}

	@Override
	void arrived(int count) {
		if (isHeld()) {
			// Pipelined: the rest may wait in the socket
			channel().config().setAutoRead(false);
		}
		else if (this.input == Input.BODY) {
			this.clock.arrived(count);
		}
	}

	@Override
	boolean beforeHead(ByteBuf in) throws MalformedMessageException {
		if (this.input == Input.HEAD) {
			return true;
		}
		if (!this.emptyLines.skip(in)) {
			return false;
		}
		this.input = Input.HEAD;
		this.clock.awaitHead();
		return true;
	}

	@Override
	void head(MessageHead head) throws MalformedMessageException {
		this.busy = true;
		this.response.start("GET", 1, false);
		ServerRequest request = ServerRequest.of(head, this.body);
		this.response.start(request.method(), request.minor(), request.persistent() && !this.draining);
		this.continueDue = request.expectsContinue();
		this.input = Input.BODY;
		this.content.start();
		this.stuck = false;
		this.clock.newBody();
		if (this.continueDue || this.body.isDone()) {
			// Not the client is waited for
			this.clock.clear();
		}
		else {
			this.clock.awaitBody();
		}
		if (this.content.isTooLarge(this.body.announced())) {
			this.response.closeAfter();
			answer(TOO_LARGE, (sink) -> {
			});
		}
		else {
			this.dispatch.serve(request, head);
		}
	}

	/**
	 * Answers the current request without a stream.
	 * @param status status code, from {@link ServerAnswer#REFUSED} on
	 * @param fields writes further header fields
	 */
	void answer(int status, Consumer<HeaderSink> fields) {
		if (this.continueDue) {
			// The client may send the body now or not: no telling where the next request
			// starts
			this.response.closeAfter();
		}
		this.response.ownAnswer(status, this.executor.epochMillis(), fields);
		flushSoon();
		responseEnded();
	}

	/** Leaves the connection to another protocol. */
	void switchTo(String protocol, Consumer<HeaderSink> fields, Consumer<Channel> next) {
		this.clock.stop();
		this.response.switching(protocol, this.executor.epochMillis(), fields);
		channel().config().setAutoRead(false);
		channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
		next.accept(channel());
		leavePipeline();
		if (isInputEnded()) {
			// The other protocol has not been told, and there is nobody to speak it with
			this.executor.execute(channel()::close);
		}
	}

	@Override
	void bodyContent(ByteBuf piece) {
		switch (this.content.piece(piece)) {
			case DELIVER -> {
				this.continueDue = false;
				deliver(piece);
			}
			case ENOUGH -> finish();
			case TOO_LARGE -> malformed(new MalformedMessageException(TOO_LARGE,
					"body of more than " + this.limits.maxBodySize() + " bytes"));
			case DROP -> {
			}
		}
	}

	private void deliver(ByteBuf piece) {
		try {
			stream().payload().content(piece);
		}
		catch (IllegalArgumentException ex) {
			malformed(MalformedMessageException.badRequest("multipart body: " + ex.getMessage()));
		}
	}

	@Override
	void bodyEnded() {
		this.input = Input.COMPLETE;
		this.clock.clear();
		this.continueDue = false;
		if (this.content.isWanted()) {
			MessagePayload payload = stream().payload();
			if (payload.isIncomplete()) {
				malformed(MalformedMessageException.badRequest("multipart body without its end"));
				return;
			}
			payload.endExpected();
			if (isClosed()) {
				return;
			}
		}
		if (this.response.answer().isDone()) {
			transactionEnded();
		}
		else if (this.response.answer().status() != 0) {
			stream().scheduleSettle();
		}
	}

	/** Who serves the request in progress. */
	private AcceptedStream stream() {
		AcceptedStream current = this.dispatch.current();
		if (current == null) {
			throw new IllegalStateException("no stream");
		}
		return current;
	}

	/** The response has been written; the request may still be arriving. */
	void responseEnded() {
		if (this.input == Input.COMPLETE) {
			transactionEnded();
			return;
		}
		int status = this.response.answer().status();
		if (this.response.answer().isRefused()) {
			this.content.refused();
		}
		if (this.body.isDone() || (status != 0 && !this.response.answer().isRefused())) {
			// The end of the request is about to be delivered, or the application reads
			// on
			return;
		}
		if (!this.response.isPersistent()) {
			finish();
		}
		else {
			this.content.discard();
			this.clock.awaitBody();
			resumeInput();
		}
	}

	private void transactionEnded() {
		if (!this.response.isPersistent() || this.draining || (isInputEnded() && !hasPending())) {
			finish();
			return;
		}
		this.busy = false;
		this.dispatch.leave();
		this.content.start();
		this.input = Input.IDLE;
		this.clock.awaitRequest();
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

	/** There is no more to do on the connection, which ends in peace. */
	private void finish() {
		this.end.finished(this.input != Input.COMPLETE || hasPending());
	}

	void fail(Phase phase, @Nullable String message, @Nullable Throwable cause) {
		this.end.failed(phase, (message != null) ? message : phase.toString(), cause);
	}

	/**
	 * The application has written what is no proper response.
	 * @param problem what is wrong with it
	 */
	void broken(String problem) {
		refuse(ServerAnswer.INTERNAL_ERROR, Phase.HANDLER, problem, null);
	}

	@Override
	void malformed(MalformedMessageException ex) {
		refuse(ex.status(), Phase.PROTOCOL, "not a proper request: " + ex.getMessage(), ex);
	}

	private void refuse(int status, Phase phase, String message, @Nullable Throwable cause) {
		this.end.refused(status, phase, message, cause, this.busy);
	}

	private void expired() {
		switch (this.input) {
			case IDLE -> gone(null, "no request for " + this.limits.headTimeout());
			case HEAD ->
				refuse(408, Phase.HANDSHAKE, "request head is not complete after " + this.limits.headTimeout(), null);
			case BODY -> refuse(408, Phase.CONNECTION, "no more of the request for " + this.limits.bodyTimeout()
					+ ", or less than " + this.limits.minDataRate() + " bytes per second", null);
			case COMPLETE ->
				fail(Phase.CONNECTION, "peer has not read the response for " + this.limits.bodyTimeout(), null);
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
		else if (event instanceof ChannelInputShutdownEvent) {
			halfClosed();
		}
		else if (event == ListenerEnd.INSTANCE) {
			drain();
		}
	}

	/** The client will send no more. With TLS it would have said so in TLS. */
	private void halfClosed() {
		if (isTls() || this.dispatch.isUpgrading()) {
			inputEnded(null);
			return;
		}
		if (isHeld() && this.busy) {
			// It may as well be gone
			this.clock.awaitPeer();
		}
		endInput();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		inputEnded(cause);
	}

	@Override
	void inputEnded(@Nullable Throwable cause) {
		this.closing.inputEnded();
		if (!isClosed()) {
			gone(cause, "connection ended");
		}
	}

	private void gone(@Nullable Throwable cause, String message) {
		if (this.busy) {
			fail(Phase.CONNECTION, message + " before the transaction was complete", cause);
		}
		else {
			this.end.left(cause == null && channel().isActive());
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		AcceptedStream current = this.dispatch.current();
		if (ctx.channel().isWritable() && current != null && !isClosed()) {
			this.stuck = false;
			current.pump();
		}
	}

	// For the stream

	HttpMessageLimits limits() {
		return this.limits.message();
	}

	/** Whether there is a request, or a response, in progress. */
	boolean isBusy() {
		return this.busy && !isClosed();
	}

	/** The application is to be told of a body, even if that is empty. */
	void expectContent() {
		this.content.expect();
	}

	/** Whether the application is being told of a request. */
	boolean isAnnouncing() {
		return this.dispatch.isAnnouncing();
	}

	boolean isRequestComplete() {
		return this.input == Input.COMPLETE || (this.body.isDone() && !this.content.isExpected());
	}

	boolean isContinueDue() {
		return this.continueDue;
	}

	/** Whether the client waits for a sign that the body is wanted, and it is. */
	boolean takeContinue() {
		boolean take = this.continueDue && !this.paused;
		this.continueDue &= !take;
		if (take) {
			this.clock.awaitBody();
		}
		return take;
	}

	/**
	 * A peer that does not read has a time limit; an application that is slow has not.
	 */
	void watchPeer() {
		if (this.input != Input.COMPLETE) {
			return;
		}
		if (isInputEnded()) {
			this.clock.awaitPeer();
		}
		else if (channel().isWritable()) {
			this.stuck = false;
			this.clock.clear();
		}
		else if (!this.stuck) {
			this.stuck = true;
			this.clock.awaitPeer();
		}
	}

	void pause() {
		this.paused = true;
		channel().config().setAutoRead(false);
		if (this.input == Input.BODY) {
			this.clock.holdBody();
		}
	}

	void resume() {
		this.paused = false;
		if (isClosed()) {
			return;
		}
		if (this.continueDue) {
			stream().scheduleSettle();
		}
		else if (this.input == Input.BODY) {
			this.clock.awaitBody();
		}
		channel().config().setAutoRead(!isHeld() || !hasPending());
		this.executor.execute(this::decode);
	}

	void drain() {
		this.draining = true;
		this.response.closeAfter();
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
		if (!isClosed()) {
			this.end.demanded();
		}
	}

}
