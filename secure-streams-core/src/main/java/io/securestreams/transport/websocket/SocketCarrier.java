package io.securestreams.transport.websocket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsFailures;
import io.securestreams.transport.websocket.frame.Carrier;

/**
 * A TCP or unix socket of its own, with or without TLS. The last handler of its pipeline.
 */
public final class SocketCarrier extends ChannelInboundHandlerAdapter implements Carrier {

	static final String NAME = "websocket";

	private final Channel channel;

	private final boolean server;

	@SuppressWarnings("NullAway.Init") // set before it is added to the pipeline
	private WebSocketConnection connection;

	/**
	 * Makes a carrier.
	 * @param channel the connection
	 * @param server whether this is the server's end, which ends first (RFC 6455 section
	 * 7.1.1)
	 */
	public SocketCarrier(Channel channel, boolean server) {
		this.channel = channel;
		this.server = server;
	}

	/**
	 * Joins the pipeline, as its last handler.
	 * @param connection makes the connection that it passes on to
	 * @return the connection
	 */
	public WebSocketConnection open(Function<Carrier, WebSocketConnection> connection) {
		WebSocketConnection opened = connection.apply(this);
		this.connection = opened;
		this.channel.pipeline().addLast(NAME, this);
		return opened;
	}

	@Override
	public ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	@Override
	public String peer() {
		return PeerName.of(this.channel);
	}

	@Override
	public boolean isOpen() {
		return this.channel.isActive();
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public int capacity(int most, int collected) {
		return isWritable() ? most : 0;
	}

	/** Without effect: the channel says so each time. */
	@Override
	public void awaitWritable() {
	}

	@Override
	public void write(ByteBuf frames) {
		this.channel.write(frames, this.channel.voidPromise());
	}

	@Override
	public void flush() {
		this.channel.flush();
	}

	@Override
	public void read(boolean wanted) {
		this.channel.config().setAutoRead(wanted);
	}

	@Override
	public void endOutput() {
		if (this.server) {
			this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> shutdownOutput());
		}
	}

	private void shutdownOutput() {
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		if (!(this.channel instanceof DuplexChannel duplex)) {
			this.channel.close();
		}
		else if (tls != null) {
			tls.closeOutbound().addListener((ChannelFuture closed) -> duplex.shutdownOutput());
		}
		else {
			duplex.shutdownOutput();
		}
	}

	@Override
	public void close() {
		this.channel.close();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.connection.received((ByteBuf) message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.connection.receivedAll();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.channel.isWritable()) {
			this.connection.writable();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof ClosedChannelException) {
			// A write that came too late; why it was, channelInactive knows
			return;
		}
		boolean tls = TlsFailures.isTls(cause);
		if (tls || cause instanceof IOException) {
			this.connection.broken(tls ? Phase.TLS : Phase.CONNECTION,
					tls ? TlsFailures.message(cause) : "the connection broke: " + cause.getMessage(), cause);
			ctx.close();
			return;
		}
		this.connection.unexpected(cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.connection.ended();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.connection.gone();
	}

}
