package io.securestreams.transport;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops accepting while there are enough connections, and for a moment when accepting
 * fails, which it would go on to do without a pause while the process is out of file
 * descriptors. Logs the first time of a row.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {

	static final String NAME = "accept-gate";

	static final long PAUSE_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(AcceptGate.class);

	private final String streamType;

	private final int maxConnections;

	private int connections;

	private boolean full;

	private boolean failing;

	private boolean pausing;

	AcceptGate(String streamType, int maxConnections) {
		this.streamType = streamType;
		this.maxConnections = maxConnections;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.failing = false;
		this.connections++;
		((Channel) message).closeFuture().addListener((closed) -> {
			if (!ctx.executor().isShuttingDown()) {
				ctx.executor().execute(() -> left(ctx));
			}
		});
		if (this.connections == this.maxConnections && !this.full) {
			this.full = true;
			logger.warn("[{}] has {} connections, further ones wait", this.streamType, this.connections);
			update(ctx);
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!this.failing) {
			this.failing = true;
			logger.warn("[{}] cannot accept connections, trying again every {} ms: {}", this.streamType, PAUSE_MILLIS,
					cause.toString());
		}
		if (!this.pausing) {
			this.pausing = true;
			update(ctx);
			ctx.executor().schedule(() -> {
				this.pausing = false;
				update(ctx);
			}, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void left(ChannelHandlerContext ctx) {
		this.connections--;
		if (this.full && this.connections < this.maxConnections) {
			this.full = false;
			update(ctx);
		}
	}

	private void update(ChannelHandlerContext ctx) {
		ctx.channel().config().setAutoRead(!this.full && !this.pausing);
	}

}
