package io.securestreams.transport.loop;

import java.net.SocketAddress;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

import io.securestreams.engine.spi.Address;
import io.securestreams.stream.SecureStreamsException;

/**
 * One way of driving sockets, with its kinds of channel.
 *
 * @param name the configuration name
 * @param ioHandler makes the event loops' I/O half
 * @param client TCP client channels
 * @param server TCP server channels
 * @param datagram UDP channels, for DNS
 * @param unixClient unix domain client channels
 * @param unixServer unix domain server channels
 */
public record SocketTransport(String name, IoHandlerFactory ioHandler, ChannelFactory<? extends SocketChannel> client,
		ChannelFactory<? extends ServerChannel> server, ChannelFactory<? extends DatagramChannel> datagram,
		ChannelFactory<? extends Channel> unixClient, ChannelFactory<? extends ServerChannel> unixServer) {

	static final String AUTO = "auto";

	static final String NIO = "nio";

	static final String EPOLL = "epoll";

	static final String IO_URING = "io_uring";

	static final String KQUEUE = "kqueue";

	/**
	 * io_uring gained little where it was measured, and epoll is the older of the two.
	 */
	private static final List<String> PREFERENCE = List.of(EPOLL, IO_URING, KQUEUE);

	/**
	 * Chooses a transport.
	 * @param name a configuration name, or {@value #AUTO}
	 * @return the transport
	 * @throws SecureStreamsException if there is none of that name, or it does not work
	 * here
	 */
	static SocketTransport of(String name) {
		if (name.equals(AUTO)) {
			for (String preferred : PREFERENCE) {
				if (unavailability(preferred) == null) {
					return make(preferred);
				}
			}
			return make(NIO);
		}
		Throwable reason = unavailability(name);
		if (reason != null) {
			throw new SecureStreamsException("transport \"" + name + "\" is not available here: " + rootMessage(reason)
					+ " (expected: its native Netty library on the class path, or transport \"auto\")", reason);
		}
		return make(name);
	}

	/** Why a transport cannot be used, or {@code null} if it can. */
	static @Nullable Throwable unavailability(String name) {
		// The classes themselves are optional at run time
		try {
			return switch (name) {
				case NIO -> null;
				case EPOLL -> EpollSockets.unavailability();
				case IO_URING -> IoUringSockets.unavailability();
				case KQUEUE -> KQueueSockets.unavailability();
				default -> throw new SecureStreamsException("transport \"" + name
						+ "\" is unknown (expected: \"auto\", \"io_uring\", \"epoll\", \"kqueue\" or \"nio\")");
			};
		}
		catch (LinkageError ex) {
			return ex;
		}
	}

	private static SocketTransport make(String name) {
		return switch (name) {
			case EPOLL -> EpollSockets.make();
			case IO_URING -> IoUringSockets.make();
			case KQUEUE -> KQueueSockets.make();
			default ->
				new SocketTransport(NIO, NioIoHandler.newFactory(), NioSocketChannel::new, NioServerSocketChannel::new,
						NioDatagramChannel::new, NioDomainSocketChannel::new, NioServerDomainSocketChannel::new);
		};
	}

	private static String rootMessage(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root.toString();
	}

	/**
	 * Whether sockets take the options and names that only Linux has.
	 * @return {@code true} for {@code epoll} and {@code io_uring}
	 */
	public boolean isLinuxNative() {
		return this.name.equals(EPOLL) || this.name.equals(IO_URING);
	}

	/**
	 * Returns the form of a unix socket's name that this transport's channels take.
	 * @param unix the name
	 * @return the socket address
	 * @throws SecureStreamsException if this transport has no abstract names
	 */
	public SocketAddress unixAddress(Address.Unix unix) {
		if (unix.abstractName() && !isLinuxNative()) {
			throw new SecureStreamsException("abstract unix socket " + unix
					+ " needs a native transport of Linux (expected: transport \"epoll\" or \"io_uring\", here: \""
					+ this.name + "\", which knows only paths)");
		}
		return this.name.equals(NIO) ? java.net.UnixDomainSocketAddress.of(unix.path()) : NativeUnix.address(unix);
	}

	private static final class NativeUnix {

		static SocketAddress address(Address.Unix unix) {
			return new DomainSocketAddress(unix.abstractName() ? "\0" + unix.path() : unix.path());
		}

	}

	private static final class EpollSockets {

		static @Nullable Throwable unavailability() {
			return Epoll.unavailabilityCause();
		}

		static SocketTransport make() {
			return new SocketTransport(EPOLL, ReturningEpollHandler.factory(), EpollSocketChannel::new,
					EpollServerSocketChannel::new, EpollDatagramChannel::new, EpollDomainSocketChannel::new,
					EpollServerDomainSocketChannel::new);
		}

	}

	private static final class IoUringSockets {

		static @Nullable Throwable unavailability() {
			return IoUring.unavailabilityCause();
		}

		static SocketTransport make() {
			return new SocketTransport(IO_URING, IoUringIoHandler.newFactory(), IoUringSocketChannel::new,
					IoUringServerSocketChannel::new, IoUringDatagramChannel::new, IoUringDomainSocketChannel::new,
					IoUringServerDomainSocketChannel::new);
		}

	}

	private static final class KQueueSockets {

		static @Nullable Throwable unavailability() {
			return KQueue.unavailabilityCause();
		}

		static SocketTransport make() {
			return new SocketTransport(KQUEUE, KQueueIoHandler.newFactory(), KQueueSocketChannel::new,
					KQueueServerSocketChannel::new, KQueueDatagramChannel::new, KQueueDomainSocketChannel::new,
					KQueueServerDomainSocketChannel::new);
		}

	}

}
