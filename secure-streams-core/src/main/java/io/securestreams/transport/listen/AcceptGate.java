package io.securestreams.transport.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.limits.ListenerLimits;

/**
 * One for all the addresses of a listener, whose sockets share an event loop. Stops
 * accepting while there are enough connections, closes those of an address that has
 * enough, and stops for a moment when accepting fails, which it would go on to do without
 * a pause while the process is out of file descriptors. Logs the first time of a row.
 */
@ChannelHandler.Sharable
final class AcceptGate extends ChannelInboundHandlerAdapter {

	static final String NAME = "accept-gate";

	static final long PAUSE_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(AcceptGate.class);

	private static final int IPV6_NETWORK = 8;

	private final String owner;

	private final ListenerLimits limits;

	private final List<Channel> sockets = new ArrayList<>(1);

	/** Connections by address. */
	private final Map<Object, Integer> addresses = new HashMap<>();

	private int connections;

	private boolean full;

	private boolean failing;

	private boolean pausing;

	private boolean crowded;

	AcceptGate(String owner, ListenerLimits limits) {
		this.owner = owner;
		this.limits = limits;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.sockets.add(ctx.channel());
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.sockets.remove(ctx.channel());
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		this.failing = false;
		Channel connection = (Channel) message;
		Object address = address(connection);
		if (address != null && !enter(address)) {
			connection.unsafe().closeForcibly();
			return;
		}
		this.connections++;
		connection.closeFuture().addListener((closed) -> {
			if (!ctx.executor().isShuttingDown()) {
				ctx.executor().execute(() -> left(address));
			}
		});
		if (this.connections == this.limits.maxConnections() && !this.full) {
			this.full = true;
			logger.warn("[{}] has {} connections, further ones wait", this.owner, this.connections);
			update();
		}
		ctx.fireChannelRead(message);
	}

	/** What connections of one peer have in common; {@code null} for unix sockets. */
	private static @Nullable Object address(Channel connection) {
		if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
			return null;
		}
		// Whoever has one IPv6 address has 2^64 of them, as a rule
		return (remote.getAddress() instanceof Inet6Address wide)
				? ByteBuffer.wrap(wide.getAddress(), 0, IPV6_NETWORK).getLong() : remote.getAddress();
	}

	private boolean enter(Object address) {
		int present = this.addresses.getOrDefault(address, 0);
		if (present >= this.limits.maxConnectionsPerAddress()) {
			if (!this.crowded) {
				this.crowded = true;
				logger.warn("[{}] has {} connections from {}, further ones are closed", this.owner, present,
						(address instanceof InetAddress single) ? single.getHostAddress()
								: "IPv6 network " + Long.toHexString((Long) address));
			}
			return false;
		}
		this.addresses.put(address, present + 1);
		return true;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!this.failing) {
			this.failing = true;
			logger.warn("[{}] cannot accept connections, trying again every {} ms: {}", this.owner, PAUSE_MILLIS,
					cause.toString());
		}
		if (!this.pausing) {
			this.pausing = true;
			update();
			ctx.executor().schedule(() -> {
				this.pausing = false;
				update();
			}, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void left(@Nullable Object address) {
		this.connections--;
		if (address != null) {
			int others = this.addresses.getOrDefault(address, 1) - 1;
			this.crowded &= others >= this.limits.maxConnectionsPerAddress() - 1;
			if (others > 0) {
				this.addresses.put(address, others);
			}
			else {
				this.addresses.remove(address);
			}
		}
		if (this.full && this.connections < this.limits.maxConnections()) {
			this.full = false;
			update();
		}
	}

	private void update() {
		this.sockets.forEach((socket) -> socket.config().setAutoRead(!this.full && !this.pausing));
	}

}
