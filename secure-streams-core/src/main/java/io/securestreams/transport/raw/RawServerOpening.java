package io.securestreams.transport.raw;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

import io.securestreams.engine.spi.StreamLink;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsFailures;

/**
 * Waits until an accepted connection is usable, after the TLS handshake where there is
 * one, then gives way to {@link RawConnection}.
 */
final class RawServerOpening extends ChannelInboundHandlerAdapter {

	static final String NAME = "raw-opening";

	private final RawServerTransport transport;

	private final StreamLink link;

	private final boolean tls;

	RawServerOpening(RawServerTransport transport, StreamLink link, boolean tls) {
		this.transport = transport;
		this.link = link;
		this.tls = tls;
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		if (!this.tls) {
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
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		fail(ctx, cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		fail(ctx, new java.nio.channels.ClosedChannelException());
	}

	private void open(ChannelHandlerContext ctx) {
		ctx.pipeline().remove(this);
		if (!this.transport.isClosed()) {
			this.transport.opened(this.link);
		}
	}

	private void fail(ChannelHandlerContext ctx, Throwable cause) {
		if (!this.transport.isClosed()) {
			StreamFailure failure = StreamFailure.unsent(this.tls ? Phase.TLS : Phase.CONNECTION,
					this.tls ? TlsFailures.message(cause) : String.valueOf(cause.getMessage()),
					PeerName.of(ctx.channel()), cause);
			this.transport.close();
			this.transport.ended(this.link, failure);
		}
	}

}
