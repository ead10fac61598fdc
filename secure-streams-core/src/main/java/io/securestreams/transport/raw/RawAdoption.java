package io.securestreams.transport.raw;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.ReadyTransport;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.RawPolicy;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.SecureStreamsException;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.loop.PeerName;

/**
 * A raw stream on a connection that the application has made. There is no second one: the
 * stream ends with it.
 */
public final class RawAdoption extends RawTransport implements ReadyTransport {

	/** Not yet in use. */
	private @Nullable SocketChannel socket;

	private @Nullable Channel channel;

	private RawAdoption(SocketChannel socket) {
		this.socket = socket;
	}

	/**
	 * Makes the transport for a socket, which is not touched before the stream is opened.
	 * @param socket a connected TCP or unix socket
	 * @return the transport; its stream lives on an executor of
	 * {@link io.securestreams.transport.loop.EventLoops#nextNio()}
	 * @throws SecureStreamsException if the socket is not connected
	 */
	public static ReadyTransport of(SocketChannel socket) {
		if (!socket.isConnected()) {
			throw new SecureStreamsException("the channel cannot be adopted: " + socket
					+ " is not connected (expected: one that has been connected, and is not closed)");
		}
		return new RawAdoption(socket);
	}

	@Override
	public @Nullable String objection(StreamPolicy policy) {
		boolean plain = policy.protocol() instanceof RawPolicy && !policy.tls().enabled();
		return plain ? null : "\"protocol\": \"raw\", without \"tls\"";
	}

	@Override
	public void open(StreamLink link) {
		SocketChannel adopted = this.socket;
		this.socket = null;
		if (adopted == null) {
			return;
		}
		Channel wrapped;
		try {
			wrapped = wrap(adopted);
		}
		catch (IOException | RuntimeException ex) {
			close(adopted);
			ended(link, failure("the channel cannot be adopted: " + ex.getMessage(), "", ex));
			return;
		}
		this.channel = wrapped;
		wrapped.config().setAutoRead(false);
		EventLoop loop = ((EventLoopExecutor) link.executor()).eventLoop();
		loop.register(wrapped).addListener((ChannelFuture registered) -> {
			if (this.channel != wrapped) {
				return;
			}
			this.channel = null;
			if (registered.isSuccess() && wrapped.isActive()) {
				established(link, wrapped, PeerName.of(wrapped));
			}
			else {
				wrapped.close();
				ended(link, failure("the channel is not connected", "", registered.cause()));
			}
		});
	}

	private static Channel wrap(SocketChannel socket) throws IOException {
		if (socket.getRemoteAddress() instanceof UnixDomainSocketAddress) {
			return new NioDomainSocketChannel(null, socket);
		}
		Channel wrapped = new NioSocketChannel(socket);
		wrapped.config().setOption(ChannelOption.TCP_NODELAY, true);
		return wrapped;
	}

	private static StreamFailure failure(String message, String peer, @Nullable Throwable cause) {
		return StreamFailure.unsent(Phase.CONNECT, message, peer, cause);
	}

	private static void close(SocketChannel socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It was of no use anyway
		}
	}

	@Override
	protected void abandon() {
		SocketChannel untouched = this.socket;
		this.socket = null;
		if (untouched != null) {
			close(untouched);
		}
		Channel pending = this.channel;
		this.channel = null;
		if (pending != null) {
			pending.close();
		}
	}

}
