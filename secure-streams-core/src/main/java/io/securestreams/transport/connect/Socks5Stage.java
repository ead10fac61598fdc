package io.securestreams.transport.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.proxy.ProxyConnectionEvent;

import io.securestreams.stream.StreamFailure.Phase;

/**
 * Waits until the SOCKS5 proxy has connected to the peer. Then it goes away at once, so
 * that bytes which came together with the proxy's last answer meet the next stage.
 */
final class Socks5Stage extends ChannelInboundHandlerAdapter {

	static final String NAME = "socks5-stage";

	private final ConnectOperation operation;

	Socks5Stage(ConnectOperation operation) {
		this.operation = operation;
	}

	/** Adds the stage to the pipeline of a connection to the proxy. */
	static void add(ChannelPipeline pipeline, ConnectOperation operation) {
		pipeline.addBefore(Connector.SOCKS5, Socks5MethodCheck.NAME, new Socks5MethodCheck(operation));
		pipeline.addLast(NAME, new Socks5Stage(operation));
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof ProxyConnectionEvent) {
			ctx.pipeline().remove(this);
			this.operation.ready(ctx.channel());
			return;
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.operation.fail(Phase.PROXY, String.valueOf(cause.getMessage()), cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.operation.fail(Phase.PROXY, "it closed the connection", null);
	}

}
