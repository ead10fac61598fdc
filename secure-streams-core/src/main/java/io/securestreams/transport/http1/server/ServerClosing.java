package io.securestreams.transport.http1.server;

import java.time.Duration;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.transport.http1.Deadline;
import io.securestreams.transport.http1.Http1Handler;
import io.securestreams.transport.loop.EventLoopExecutor;

/**
 * Ends a server's connection. A response that has been written arrives: while the client
 * is still sending, closing at once would make the kernel throw it away (RFC 9112 section
 * 9.6).
 */
final class ServerClosing {

	private static final Duration LINGER = Duration.ofSeconds(2);

	private static final int MAX_DISCARDED = 1024 * 1024;

	private final Http1Handler handler;

	private final HttpServerLimits settings;

	private final EventLoopExecutor executor;

	private final Deadline deadline;

	private boolean started;

	private int discarded;

	ServerClosing(Http1Handler handler, EventLoopExecutor executor, HttpServerLimits settings) {
		this.handler = handler;
		this.executor = executor;
		this.settings = settings;
		this.deadline = new Deadline(executor, () -> handler.channel().close());
	}

	/**
	 * Closes once what has been written is on its way.
	 * @param unread whether the client may still be sending
	 */
	void afterResponse(boolean unread) {
		if (this.started) {
			return;
		}
		this.started = true;
		this.handler.stopDecoding();
		ChannelHandlerContext ctx = this.handler.context();
		this.deadline.set(this.executor.nanoTime(), unread ? LINGER : this.settings.bodyTimeout());
		ctx.channel().config().setAutoRead(true);
		ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((future) -> {
			SslHandler tls = ctx.pipeline().get(SslHandler.class);
			if (!unread) {
				ctx.close();
			}
			else if (tls != null) {
				tls.closeOutbound();
			}
			else if (ctx.channel() instanceof DuplexChannel duplex) {
				duplex.shutdownOutput();
			}
		});
	}

	/** Whether the client may still read what has been written. */
	boolean isReachable() {
		return this.handler.channel().isActive();
	}

	/** Closes without regard for what has not left yet. */
	void now() {
		this.started = true;
		this.handler.stopDecoding();
		this.deadline.stop();
		ChannelHandlerContext ctx = this.handler.context();
		ctx.flush();
		ctx.close();
	}

	/**
	 * The client goes on sending, which is to cost no more than its time. To close now
	 * would break off the response as well, for a client that reads after it has written.
	 * @param bytes what has arrived since
	 */
	void discarded(int bytes) {
		this.discarded += bytes;
		if (this.started && this.discarded > MAX_DISCARDED) {
			this.handler.channel().config().setAutoRead(false);
		}
	}

	void inputEnded() {
		if (this.started) {
			this.deadline.stop();
			this.handler.channel().close();
		}
	}

}
