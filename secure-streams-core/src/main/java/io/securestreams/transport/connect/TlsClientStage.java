package io.securestreams.transport.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.tls.TlsFailures;

/**
 * Waits for the end of the TLS handshake, then goes away.
 */
final class TlsClientStage extends ChannelInboundHandlerAdapter {

	static final String NAME = "tls-stage";

	private final ConnectOperation operation;

	TlsClientStage(ConnectOperation operation) {
		this.operation = operation;
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (!(event instanceof SslHandshakeCompletionEvent completion)) {
			ctx.fireUserEventTriggered(event);
			return;
		}
		if (completion.isSuccess()) {
			ctx.pipeline().remove(this);
			this.operation.secured(ctx.channel(), ctx.pipeline().get(SslHandler.class));
		}
		else {
			this.operation.fail(Phase.TLS, TlsFailures.message(completion.cause()), completion.cause());
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.operation.fail(Phase.TLS, TlsFailures.message(cause), cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.operation.fail(Phase.TLS, "the peer closed the connection during the handshake", null);
	}

}
