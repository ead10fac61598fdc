package io.securestreams.proxy.client.link;

import java.nio.channels.ClosedChannelException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.WriteBatch;
import io.securestreams.transport.tls.TlsFailures;

/**
 * A connection to a proxy over a socket. On its event loop only.
 */
final class SocketLink extends ChannelInboundHandlerAdapter implements LinkConnection {

	static final String NAME = "proxy-link";

	private final Channel channel;

	private final String peer;

	private final LinkEvents events;

	private final Output output = new Output();

	private boolean over;

	private @Nullable StreamFailure broken;

	private SocketLink(Channel channel, String peer, LinkEvents events) {
		this.channel = channel;
		this.peer = peer;
		this.events = events;
	}

	/**
	 * Starts using a connection.
	 * @param channel the connection
	 * @param peer where it goes
	 * @param events told about it
	 */
	static void start(Channel channel, String peer, LinkEvents events) {
		SocketLink link = new SocketLink(channel, peer, events);
		channel.pipeline().addLast(NAME, link);
		events.opened(link, peer);
		if (!link.over) {
			channel.config().setAutoRead(true);
		}
	}

	@Override
	public ByteBuf room(int size) {
		return this.output.take(size);
	}

	@Override
	public void pass(ByteBuf bytes) {
		this.output.add(bytes);
	}

	@Override
	public void flush() {
		this.output.flush();
	}

	@Override
	public boolean isWritable() {
		if (!this.channel.isWritable()) {
			flush();
		}
		return !this.over && this.channel.isWritable();
	}

	@Override
	public void read(boolean on) {
		if (!this.over) {
			this.channel.config().setAutoRead(on);
		}
	}

	@Override
	public void close() {
		if (!this.over) {
			this.over = true;
			this.output.flush();
			this.channel.close();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		try {
			if (!this.over) {
				this.events.received(bytes);
			}
		}
		finally {
			bytes.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.over) {
			this.events.readComplete();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (!this.over && this.channel.isWritable()) {
			this.events.writable();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!(cause instanceof ClosedChannelException) && this.broken == null) {
			boolean tls = TlsFailures.isTls(cause);
			this.broken = StreamFailure.sent(tls ? Phase.TLS : Phase.CONNECTION,
					tls ? TlsFailures.message(cause) : "the link to the proxy broke: " + cause.getMessage(), this.peer,
					cause);
		}
		ctx.close();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		if (this.over) {
			return;
		}
		this.over = true;
		this.output.release();
		StreamFailure known = this.broken;
		this.events.closed((known != null) ? known
				: StreamFailure.sent(Phase.CONNECTION, "the proxy closed the link", this.peer, null));
	}

	private final class Output extends WriteBatch {

		@Override
		protected ByteBufAllocator alloc() {
			return SocketLink.this.channel.alloc();
		}

		@Override
		protected void write(ByteBuf bytes) {
			SocketLink.this.channel.write(bytes, SocketLink.this.channel.voidPromise());
		}

		ByteBuf take(int size) {
			return room(size);
		}

		void add(ByteBuf bytes) {
			pass(bytes);
		}

		void flush() {
			if (finish()) {
				SocketLink.this.channel.flush();
			}
		}

	}

}
