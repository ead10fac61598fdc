package io.securestreams.transport.mqtt.wire;

import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.engine.spi.ClientLink;
import io.securestreams.policy.MqttPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.connect.ConnectAttempt;
import io.securestreams.transport.connect.ConnectListener;
import io.securestreams.transport.connect.ConnectReport;
import io.securestreams.transport.connect.Connector;
import io.securestreams.transport.connect.Origin;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.PeerName;
import io.securestreams.transport.tls.TlsFailures;

/**
 * A TCP or unix socket, with or without TLS.
 */
public final class SocketWire extends ChannelInboundHandlerAdapter implements Wire {

	static final String NAME = "mqtt";

	/** AWS IoT tells MQTT by this from HTTP on the same port. */
	private static final List<String> AWS_ALPN = List.of("x-amzn-mqtt-ca");

	private static final int HTTPS_PORT = 443;

	/** For the broker to end its half after DISCONNECT. */
	private static final long PATIENCE_MILLIS = 1000;

	private final Channel channel;

	private final WireListener listener;

	/** The listener has said that it wants no more. */
	private boolean closed;

	private boolean finishing;

	/** The listener has been told the end. */
	private boolean ended;

	private SocketWire(Channel channel, WireListener listener) {
		this.channel = channel;
		this.listener = listener;
	}

	/**
	 * Opens sockets.
	 * @param connector makes connections
	 * @return the opener
	 */
	public static WireOpener opener(Connector connector) {
		return (link, listener) -> {
			ConnectAttempt attempt = connector.connect(((EventLoopExecutor) link.executor()).eventLoop(), origin(link),
					new Connecting(listener));
			return attempt::cancel;
		};
	}

	public static Origin origin(ClientLink link) {
		boolean aws = link.policy().protocol() instanceof MqttPolicy mqtt && mqtt.awsIot()
				&& link.target().address() instanceof Address.Host host && host.port() == HTTPS_PORT;
		return Origin.of(link, aws ? AWS_ALPN : List.of());
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
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void write(ByteBuf bytes) {
		this.channel.write(bytes, this.channel.voidPromise());
	}

	@Override
	public void flush() {
		this.channel.flush();
	}

	@Override
	public boolean isFlushed() {
		ChannelOutboundBuffer pending = this.channel.unsafe().outboundBuffer();
		return pending != null && pending.totalPendingWriteBytes() == 0 && this.channel.isActive();
	}

	@Override
	public void awaitFlushed() {
		this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> {
			if (written.isSuccess() && !this.closed) {
				this.listener.flushed();
			}
		});
	}

	@Override
	public void read(boolean wanted) {
		this.channel.config().setAutoRead(wanted);
	}

	/** As {@code RawClosing}: closing with data unread would reset the connection. */
	@Override
	public void finish() {
		this.finishing = true;
		Future<?> deadline = this.channel.eventLoop()
			.schedule(() -> this.channel.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		this.channel.closeFuture().addListener((done) -> deadline.cancel(false));
		this.channel.config().setAutoRead(true);
		SslHandler tls = this.channel.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound().addListener((ChannelFuture sent) -> endOutput());
		}
		else {
			this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((written) -> endOutput());
		}
	}

	private void endOutput() {
		if (this.channel.isActive() && this.channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
			duplex.shutdownOutput();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.channel.close();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		try {
			if (!this.closed && !this.finishing) {
				this.listener.received(bytes);
			}
		}
		finally {
			bytes.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.closed && !this.finishing) {
			this.listener.receivedAll();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (!this.closed && this.channel.isWritable()) {
			this.listener.writable();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event == SslCloseCompletionEvent.SUCCESS) {
			ctx.close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof ClosedChannelException) {
			return;
		}
		boolean tls = TlsFailures.isTls(cause);
		end(tls ? Phase.TLS : Phase.CONNECTION,
				tls ? TlsFailures.message(cause) : "the connection broke: " + cause.getMessage(), cause);
		ctx.close();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		end(Phase.CONNECTION, "the broker closed the connection", null);
	}

	private void end(Phase phase, String message, @Nullable Throwable cause) {
		if (this.closed || this.ended) {
			return;
		}
		this.ended = true;
		if (this.finishing) {
			this.listener.finished();
		}
		else {
			this.listener.lost(StreamFailure.sent(phase, message, peer(), cause));
		}
	}

	/** Waits for the connection. */
	private record Connecting(WireListener listener) implements ConnectListener {

		@Override
		public void connected(Channel channel, ConnectReport report) {
			SocketWire wire = new SocketWire(channel, this.listener);
			channel.pipeline().addLast(NAME, wire);
			this.listener.opened(wire, report.timings());
		}

		@Override
		public void failed(StreamFailure failure, ConnectReport report) {
			this.listener.failed(failure, report.timings());
		}

	}

}
