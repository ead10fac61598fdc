package io.securestreams.transport.loop;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.securestreams.policy.TrafficClass;

/**
 * Applies a traffic class to TCP sockets: {@code IP_TOS}, and on Linux' native transports
 * {@code SO_PRIORITY}. The refusal of an option is logged once and changes nothing else.
 */
public final class TrafficMarking {

	private static final Logger logger = LoggerFactory.getLogger(TrafficMarking.class);

	private static final String PRIORITY = "SO_PRIORITY";

	private final boolean priorityAvailable;

	/** Options that were refused before. */
	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Makes a marking.
	 * @param sockets what it is applied to
	 */
	public TrafficMarking(SocketTransport sockets) {
		this.priorityAvailable = sockets.isLinuxNative();
	}

	/**
	 * Marks what a socket sends.
	 * @param channel a TCP socket
	 * @param marks how
	 */
	public void apply(Channel channel, TrafficClass marks) {
		if (marks.ipTos() != 0) {
			set(channel, ChannelOption.IP_TOS, marks.ipTos());
		}
		// After IP_TOS, which rewrites the priority
		if (marks.priority() == 0) {
			return;
		}
		if (this.priorityAvailable) {
			set(channel, Priority.OPTION, marks.priority());
		}
		else if (this.warned.add(PRIORITY)) {
			logger.warn("attr_priority {} is not applied: SO_PRIORITY needs the transport epoll or io_uring",
					marks.priority());
		}
	}

	private void set(Channel channel, ChannelOption<Integer> option, int value) {
		String reason = "not supported by the socket";
		try {
			if (channel.config().setOption(option, value)) {
				return;
			}
		}
		catch (ChannelException ex) {
			reason = String.valueOf((ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage());
		}
		if (this.warned.add(option.name())) {
			logger.warn("{} {} is refused, connections go unmarked: {}", option.name(), value, reason);
		}
	}

	/** Apart, because its classes are optional at run time. */
	static final class Priority {

		private static final int SOL_SOCKET = 1;

		private static final int SO_PRIORITY = 12;

		static final ChannelOption<Integer> OPTION = new IntegerUnixChannelOption(PRIORITY, SOL_SOCKET, SO_PRIORITY);

		private Priority() {
		}

	}

}
