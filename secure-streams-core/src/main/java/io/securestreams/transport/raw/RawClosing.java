package io.securestreams.transport.raw;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

/**
 * Closes a connection so that the peer gets everything that was sent to it: says goodbye,
 * then waits for the peer's end. Closing with data unread would reset the connection,
 * which destroys what is still under way (RFC 9112 section 9.6 tells the story for HTTP).
 */
final class RawClosing {

	private static final long PATIENCE_MILLIS = 2000;

	private RawClosing() {
	}

	static void begin(Channel channel) {
		if (!channel.isActive()) {
			return;
		}
		Future<?> deadline = channel.eventLoop()
			.schedule(() -> channel.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		channel.closeFuture().addListener((closed) -> deadline.cancel(false));
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound().addListener((ChannelFuture sent) -> endOutput(channel));
		}
		else {
			endOutput(channel);
		}
	}

	private static void endOutput(Channel channel) {
		if (!(channel instanceof DuplexChannel duplex) || duplex.isInputShutdown()) {
			channel.close();
			return;
		}
		channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
		duplex.shutdownOutput();
		channel.config().setAutoRead(true);
	}

}
