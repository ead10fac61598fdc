package io.securestreams.transport;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses accepting for a moment when it fails, which it goes on to do without a pause
 * while the process is out of file descriptors. Logs the first failure of a row.
 */
final class AcceptErrors extends ChannelInboundHandlerAdapter {

	static final String NAME = "accept-errors";

	static final long PAUSE_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(AcceptErrors.class);

	private final String streamType;

	private boolean failing;

	AcceptErrors(String streamType) {
		this.streamType = streamType;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.failing = false;
		ctx.fireChannelRead(message);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!this.failing) {
			this.failing = true;
			logger.warn("[{}] cannot accept connections, trying again every {} ms: {}", this.streamType, PAUSE_MILLIS,
					cause.toString());
		}
		ctx.channel().config().setAutoRead(false);
		ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
	}

}
