package io.securestreams.transport.tls;

import javax.net.ssl.SSLHandshakeException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * Bounds what a peer sends before the handshake is over, which implementations do not:
 * alerts without end would keep an event loop busy. Stands on the network's side of the
 * {@code SslHandler} and goes away with the end of the handshake.
 */
final class HandshakeLimit extends ChannelInboundHandlerAdapter {

	static final String NAME = "tls-limit";

	/** Twice of what long chains of certificates need. */
	static final int MAX_BYTES = 128 * 1024;

	private int received;

	private boolean over;

	/** Adds the handler of a connection together with its limit. */
	static void addBoth(ChannelPipeline pipeline, SslHandler handler) {
		HandshakeLimit limit = new HandshakeLimit();
		pipeline.addLast(NAME, limit);
		pipeline.addLast(TlsContexts.HANDLER, handler);
		handler.handshakeFuture().addListener((done) -> {
			if (pipeline.context(limit) != null) {
				pipeline.remove(limit);
			}
		});
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.over) {
			ReferenceCountUtil.release(message);
			return;
		}
		this.received += (message instanceof ByteBuf bytes) ? bytes.readableBytes() : 0;
		if (this.received <= MAX_BYTES) {
			ctx.fireChannelRead(message);
			return;
		}
		this.over = true;
		ReferenceCountUtil.release(message);
		ctx.fireExceptionCaught(new SSLHandshakeException(
				"more than " + MAX_BYTES + " bytes from the peer before the end of the handshake"));
		ctx.close();
	}

}
