package io.securestreams.transport.serving;

import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.transport.PeerName;
import io.securestreams.transport.TlsContexts;
import io.securestreams.transport.TlsFailures;
import io.securestreams.transport.http.ListenerEnd;

/**
 * Waits until an accepted connection is usable, after the TLS handshake where there is
 * one, and gives way to the server of its protocol.
 */
final class ConnectionOpening extends ChannelInboundHandlerAdapter {

	static final String NAME = "opening";

	private static final Logger log = LoggerFactory.getLogger(ConnectionOpening.class);

	private final Consumer<Channel> server;

	ConnectionOpening(Consumer<Channel> server) {
		this.server = server;
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		if (ctx.pipeline().get(TlsContexts.HANDLER) == null) {
			open(ctx);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslHandshakeCompletionEvent completion) {
			if (completion.isSuccess()) {
				open(ctx);
			}
			else {
				fail(ctx, completion.cause());
			}
		}
		else if (event == ListenerEnd.INSTANCE) {
			ctx.close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		fail(ctx, cause);
	}

	private void open(ChannelHandlerContext ctx) {
		ctx.pipeline().remove(this);
		this.server.accept(ctx.channel());
	}

	private static void fail(ChannelHandlerContext ctx, Throwable cause) {
		log.debug("connection of {} has ended before it could be used: {}", PeerName.of(ctx.channel()),
				TlsFailures.message(cause));
		ctx.close();
	}

}
