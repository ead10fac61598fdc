package io.securestreams.transport.loop;

import java.net.SocketOption;
import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.RetryPolicy;

/**
 * Signs of life for protocols that cannot ask for one themselves: TCP keep-alive (RFC
 * 9293 section 3.8.4), first probe after {@code svalidping}, connection dropped at
 * {@code svalidhup}, both rounded up to seconds.
 */
public enum KeepAlive {

	/** Nobody watches: not a TCP socket, or the policy has no ping. */
	NONE,
	/** The system watches while nothing is under way to the peer. */
	IDLE,
	/** The system watches always. */
	FULL;

	/** Probes between ping and hang-up. */
	private static final int PROBES = 3;

	private static final Logger logger = LoggerFactory.getLogger(KeepAlive.class);

	/**
	 * Makes the system watch over a connection.
	 * @param channel a connection
	 * @param retry the times
	 * @return what the system watches
	 */
	public static KeepAlive start(Channel channel, RetryPolicy retry) {
		Duration ping = retry.validityPing();
		Duration hangup = retry.validityHangup();
		if (!(channel instanceof SocketChannel) || ping.isZero() || ping.compareTo(hangup) >= 0) {
			return NONE;
		}
		int idle = seconds(ping);
		int limit = Math.max(idle + 1, seconds(hangup));
		int interval = Math.max(1, (limit - idle) / PROBES);
		try {
			return start((SocketChannel) channel, idle, interval, limit);
		}
		catch (ChannelException | UnsupportedOperationException ex) {
			logger.debug("no keep-alive on {}", channel, ex);
			return NONE;
		}
	}

	private static KeepAlive start(SocketChannel channel, int idle, int interval, int limit) {
		boolean jdk = channel instanceof NioSocketChannel;
		if (!jdk && !Linux.isLinux(channel)) {
			return NONE;
		}
		int probes = Math.max(1, (limit - idle) / interval);
		if (jdk) {
			boolean set = set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, idle)
					&& set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval)
					&& set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, probes);
			return (set && channel.config().setOption(ChannelOption.SO_KEEPALIVE, true)) ? IDLE : NONE;
		}
		channel.config().setOption(Linux.IDLE, idle);
		channel.config().setOption(Linux.INTERVAL, interval);
		channel.config().setOption(Linux.PROBES, probes);
		channel.config().setOption(Linux.USER_TIMEOUT, limit * 1000);
		channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
		return FULL;
	}

	private static boolean set(SocketChannel channel, SocketOption<Integer> option, int value) {
		return channel.config().setOption(NioChannelOption.of(option), value);
	}

	private static int seconds(Duration time) {
		return (int) Math.min(Short.MAX_VALUE, time.plusMillis(999).toSeconds());
	}

	/** Options of tcp(7). Apart, because its classes are optional at run time. */
	static final class Linux {

		private static final int IPPROTO_TCP = 6;

		static final ChannelOption<Integer> IDLE = new IntegerUnixChannelOption("TCP_KEEPIDLE", IPPROTO_TCP, 4);

		static final ChannelOption<Integer> INTERVAL = new IntegerUnixChannelOption("TCP_KEEPINTVL", IPPROTO_TCP, 5);

		static final ChannelOption<Integer> PROBES = new IntegerUnixChannelOption("TCP_KEEPCNT", IPPROTO_TCP, 6);

		static final ChannelOption<Integer> USER_TIMEOUT = new IntegerUnixChannelOption("TCP_USER_TIMEOUT", IPPROTO_TCP,
				18);

		private Linux() {
		}

		/** The one native transport of another system is named after it. */
		static boolean isLinux(Channel channel) {
			return !channel.getClass().getSimpleName().startsWith("KQueue");
		}

	}

}
