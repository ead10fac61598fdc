package io.securestreams.transport.serving;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.stream.PrintableText;
import io.securestreams.transport.http.ListenerEnd;
import io.securestreams.transport.http.ServerRoutes;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsFailures;

/**
 * Waits until an accepted connection shows what it speaks, and gives way to the server of
 * that protocol: with TLS what ALPN has agreed on, without HTTP/2 if the client starts
 * with its preface (RFC 9113 section 3.3), else HTTP/1.1.
 */
final class ConnectionOpening extends ChannelInboundHandlerAdapter {

	static final String NAME = "opening";

	private static final Logger log = LoggerFactory.getLogger(ConnectionOpening.class);

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private final ConnectionProtocols protocols;

	private final Supplier<ServerRoutes> routes;

	/** Completes when there is somebody to serve for. */
	private final CompletionStage<Void> ready;

	private @Nullable ByteBuf first;

	private @Nullable Future<?> deadline;

	private boolean done;

	ConnectionOpening(ConnectionProtocols protocols, Supplier<ServerRoutes> routes, CompletionStage<Void> ready) {
		this.protocols = protocols;
		this.routes = routes;
		this.ready = ready;
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		if (ctx.pipeline().get(SslHandler.class) == null) {
			this.deadline = ctx.executor()
				.schedule(() -> fail(ctx, "it has not said a word"), this.protocols.firstBytesTimeout().toMillis(),
						TimeUnit.MILLISECONDS);
			ctx.read();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf waiting = this.first;
		ByteBuf bytes = (waiting == null) ? (ByteBuf) message
				: ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), waiting, (ByteBuf) message);
		this.first = bytes;
		if (this.done) {
			return;
		}
		int length = Math.min(bytes.readableBytes(), PREFACE.length);
		for (int i = 0; i < length; i++) {
			if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
				choose(ctx, false);
				return;
			}
		}
		if (length == PREFACE.length) {
			choose(ctx, true);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.done) {
			ctx.read();
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslHandshakeCompletionEvent completion) {
			if (completion.isSuccess()) {
				String agreed = ctx.pipeline().get(SslHandler.class).applicationProtocol();
				choose(ctx, ConnectionProtocols.HTTP_2.equals(agreed));
			}
			else {
				fail(ctx, TlsFailures.message(completion.cause()));
			}
		}
		else if (event == ListenerEnd.INSTANCE) {
			ctx.close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		fail(ctx, String.valueOf(cause.getMessage()));
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		stopTimer();
		ByteBuf rest = this.first;
		if (rest != null) {
			this.first = null;
			rest.release();
		}
	}

	private void stopTimer() {
		Future<?> timer = this.deadline;
		if (timer != null) {
			timer.cancel(false);
		}
	}

	private void choose(ChannelHandlerContext ctx, boolean second) {
		this.done = true;
		if (this.ready.toCompletableFuture().isDone()) {
			open(ctx, second);
			return;
		}
		stopTimer();
		this.ready.thenRun(() -> ctx.executor().execute(() -> {
			if (!ctx.isRemoved()) {
				open(ctx, second);
				ctx.pipeline().fireChannelReadComplete();
			}
		}));
	}

	private void open(ChannelHandlerContext ctx, boolean second) {
		this.protocols.serve(second, ctx.channel(), this.routes);
		ByteBuf bytes = this.first;
		this.first = null;
		if (bytes != null) {
			ctx.fireChannelRead(bytes);
		}
		ctx.pipeline().remove(this);
	}

	private static void fail(ChannelHandlerContext ctx, String message) {
		log.debug("connection of {} has ended before it could be used: {}", PeerName.of(ctx.channel()),
				PrintableText.of(message));
		ctx.close();
	}

}
