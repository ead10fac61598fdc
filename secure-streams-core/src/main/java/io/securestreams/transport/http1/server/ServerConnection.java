package io.securestreams.transport.http1.server;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http.HeaderSink;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.http.UpgradeHandler;
import io.securestreams.transport.http.exchange.ServerExchange;
import io.securestreams.transport.http.exchange.ServerRefusal;
import io.securestreams.transport.http1.EmptyLines;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.http1.MalformedMessageException;
import io.securestreams.transport.http1.MessageHead;
import io.securestreams.transport.loop.ChannelTask;
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

	private final Runnable decoding = ChannelTask.of(this::channel, this::decode);

	private final ServerResponse response;

	private final Http1Framing framing;

	private final Http1RequestDispatch dispatch;

	private final RequestClock clock;

	private final ServerClosing closing;

	private final ConnectionEnd end;

	private final RequestContent content;

	private final ClientWatch watch;

	private final EmptyLines emptyLines = new EmptyLines();

	private @Nullable ServerRequest last;

	private Input input = Input.IDLE;

	/** From the head of a request to the end of both the request and its response. */
	private boolean busy;

	private boolean continueDue;

	private boolean paused;

	private boolean draining;

	ServerConnection(HttpServerLimits limits, EventLoopExecutor executor, String peer, PeerIdentity identity,
			Supplier<ServerRoutes> routes, UpgradeHandler upgrades) {
		super(limits.message());
		this.limits = limits;
		this.executor = executor;
		this.response = new ServerResponse(this);
		this.framing = new Http1Framing(this, this.response, executor, peer, identity, limits.message());
		this.dispatch = new Http1RequestDispatch(this, this.response, this.framing, routes, upgrades);
		this.clock = new RequestClock(executor, limits, this::expired);
		this.closing = new ServerClosing(this, executor, limits);
		this.end = new ConnectionEnd(this.closing, this.response, this.dispatch, this.framing, this.clock);
		this.content = new RequestContent(limits.maxBodySize());
		this.watch = new ClientWatch(this, this.response, this.clock, executor);
	}

	void start() {
		this.clock.awaitFirst();
		// Some clients end their side after the last request, and wait for the answer
		channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		channel().config().setAutoRead(true);
	}

	@Override
	protected boolean isHeld() {
		return (this.paused && !this.content.isDiscarding()) || (this.busy && this.input == Input.COMPLETE);
	}

	@Override
	protected void arrived(int count) {
		if (isHeld()) {
			// Pipelined: the rest may wait in the socket
			channel().config().setAutoRead(false);
		}
		else if (this.input == Input.BODY) {
			this.clock.arrived(count);
		}
	}

	@Override
	protected void discarded(int count) {
		this.closing.discarded(count);
	}

	@Override
	protected boolean beforeHead(ByteBuf in) throws MalformedMessageException {
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
	protected void head(MessageHead head) throws MalformedMessageException {
		this.busy = true;
		this.response.start("GET", 1, false);
		ServerRequest request = ServerRequest.of(head, this.body, this.last);
		this.last = request.isShort() ? request : null;
		this.response.start(request.method(), request.minor(), request.persistent() && !this.draining);
		this.continueDue = request.expectsContinue();
		this.input = Input.BODY;
		this.content.start();
		this.watch.restart();
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
			answer(TOO_LARGE, ServerRefusal.NO_FIELDS);
		}
		else {
			this.dispatch.serve(request, head);
			if (this.continueDue && this.framing.current() != null) {
				this.clock.awaitAnswer();
			}
			if (isInputEnded()) {
				this.watch.check();
			}
		}
	}

	/** Answers the current request without a stream. */
	void answer(int status, Consumer<HeaderSink> fields) {
		if (this.continueDue) {
			// The client may send the body now or not: no telling where the next request
			// starts
			this.response.closeAfter();
		}
		this.response.ownAnswer(status, this.executor.epochMillis(), fields);
		flushSoon();
		exchangeEnded();
	}

	/** The connection is another protocol's. */
	void leave() {
		this.clock.stop();
		leavePipeline();
		if (isInputEnded()) {
			// The other protocol has not been told, and there is nobody to speak it with
			this.executor.execute(channel()::close);
		}
	}

	@Override
	protected void bodyContent(ByteBuf piece) {
		switch (this.content.piece(piece)) {
			case DELIVER -> {
				this.continueDue = false;
				ServerExchange to = this.framing.current();
				if (to != null) {
					to.received(piece);
				}
			}
			case ENOUGH -> finish();
			case TOO_LARGE -> malformed(new MalformedMessageException(TOO_LARGE,
					"body of more than " + this.limits.maxBodySize() + " bytes"));
			case DROP -> {
			}
		}
	}

	@Override
	protected void bodyEnded() {
		this.input = Input.COMPLETE;
		this.clock.clear();
		this.continueDue = false;
		ServerExchange to = this.framing.current();
		if (to != null) {
			to.requestEnded();
			if (to == this.framing.current()) {
				this.watch.restart();
				this.watch.look();
			}
		}
		else if (this.response.isDone()) {
			transactionEnded();
		}
	}

	/** The request has been answered; it may still be arriving, but nobody wants it. */
	void exchangeEnded() {
		boolean held = this.paused;
		this.paused = false;
		if (this.input == Input.COMPLETE) {
			transactionEnded();
		}
		else if (this.body.isDone()) {
			if (held) {
				this.executor.execute(this.decoding);
			}
		}
		else {
			if (!this.response.isPersistent()) {
				finish();
			}
			else {
				this.content.discard();
				this.clock.awaitBody();
				resumeInput();
			}
		}
	}

	private void transactionEnded() {
		if (!this.response.isPersistent() || this.draining || (isInputEnded() && !hasPending())) {
			finish();
			return;
		}
		this.busy = false;
		this.content.start();
		this.input = Input.IDLE;
		this.clock.awaitRequest();
		resumeInput();
	}

	private void resumeInput() {
		if (!isHeld()) {
			channel().config().setAutoRead(true);
			if (hasPending()) {
				this.executor.execute(this.decoding);
			}
		}
	}

	/** There is no more to do on the connection, which ends in peace. */
	private void finish() {
		this.end.finished(this.input != Input.COMPLETE || hasPending());
	}

	@Override
	protected void malformed(MalformedMessageException ex) {
		refuse(ex.status(), Phase.PROTOCOL, "not a proper request: " + ex.getMessage(), ex);
	}

	/** The connection cannot go on, and the client learns why if there is still a way. */
	void refuse(int status, Phase phase, String message, @Nullable Throwable cause) {
		this.end.refused(status, phase, message, cause, this.busy);
	}

	private void expired() {
		this.end.expired(this.limits, this.busy);
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
			this.watch.check();
		}
		endInput();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		inputEnded(cause);
	}

	@Override
	protected void inputEnded(@Nullable Throwable cause) {
		this.closing.inputEnded();
		if (!isClosed()) {
			this.end.gone(cause, "connection ended", this.busy);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (ctx.channel().isWritable() && !isClosed()) {
			this.watch.restart();
			// Not from here: a flush of the pump may be what has led here
			this.framing.requestSlot();
		}
	}

	// For the exchanges

	/** The body is wanted, and the client may be waiting for that. */
	void proceed() {
		this.continueDue = false;
		this.response.proceed();
		flushSoon();
		this.clock.awaitBody();
	}

	/**
	 * A peer that does not read has a time limit; an application that is slow has
	 * another.
	 */
	void watchPeer() {
		if (this.input == Input.COMPLETE) {
			this.watch.look();
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
		if (this.input == Input.BODY && !this.continueDue) {
			this.clock.awaitBody();
		}
		channel().config().setAutoRead(!isHeld() || !hasPending());
		this.executor.execute(this.decoding);
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

	/** The application has given up the exchange in progress. */
	void cancelled(int status, boolean answered) {
		if (!isClosed()) {
			this.end.demanded(status, answered, this.input != Input.COMPLETE);
		}
	}

}
