package io.securestreams.proxy.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.securestreams.proxy.mux.MuxHandler;

/**
 * The connections of a proxy that carry many links, each as over a connection of its own.
 * May be used from any thread.
 */
final class MuxConnections {

	/** A connection on which nobody speaks is of no use. */
	private static final Duration MUX_TIMEOUT = Duration.ofSeconds(15);

	private final ProxyServer server;

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	MuxConnections(ProxyServer server) {
		this.server = server;
	}

	/**
	 * Takes a connection, or closes it.
	 * @param channel the connection
	 * @param address where it came to
	 */
	void accept(Channel channel, String address) {
		if (this.server.isStopped()) {
			channel.close();
			return;
		}
		if (this.channels.size() >= this.server.settings().limits().maxLinks()) {
			this.server.refusals().count(Refusal.LINKS, address, "there are " + this.channels.size() + " connections");
			channel.close();
			return;
		}
		this.channels.add(channel);
		channel.closeFuture().addListener((closed) -> this.channels.remove(channel));
		MuxHandler mux = MuxHandler.server((link) -> this.server.admit(link, address));
		channel.pipeline().addLast("mux", mux);
		channel.eventLoop().schedule(() -> {
			if (!mux.isUp() && channel.isActive()) {
				this.server.refusals().count(Refusal.SILENT, address, "nobody speaks mux there");
				channel.close();
			}
		}, MUX_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	void closeAll() {
		this.channels.forEach(Channel::close);
	}

}
