package io.securestreams.transport.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Asks for the first bytes of a TLS handshake, because accepted connections do not read
 * by themselves; the {@code SslHandler} asks for the rest. Then it goes away.
 */
final class TlsServerStart extends ChannelInboundHandlerAdapter {

	static final String NAME = "tls-start";

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		ctx.fireChannelActive();
		if (!ctx.isRemoved()) {
			ctx.pipeline().remove(this);
			ctx.channel().read();
		}
	}

}
