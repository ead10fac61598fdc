package io.securestreams.transport.http1;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.netty.channel.Channel;
import io.securestreams.engine.spi.Acceptor;
import io.securestreams.engine.spi.StreamLink;
import io.securestreams.policy.HttpPolicy;
import io.securestreams.limits.HttpServerLimits;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.transport.EventLoopExecutor;
import io.securestreams.transport.http.RequestMetadata;

/**
 * What the connections of one listener share.
 */
final class ServerRuntime {

	private final StreamPolicy policy;

	private final HttpPolicy http;

	private final Acceptor acceptor;

	private final HttpServerLimits settings;

	private final RequestMetadata requests;

	ServerRuntime(StreamPolicy policy, Acceptor acceptor, HttpServerLimits settings) {
		this.policy = policy;
		this.http = (HttpPolicy) policy.protocol();
		this.acceptor = acceptor;
		this.settings = settings;
		this.requests = new RequestMetadata(policy);
	}

	StreamPolicy policy() {
		return this.policy;
	}

	HttpPolicy http() {
		return this.http;
	}

	HttpServerLimits settings() {
		return this.settings;
	}

	RequestMetadata requests() {
		return this.requests;
	}

	/**
	 * Takes a connection; on its event loop.
	 * @param channel the connection
	 */
	void accept(Channel channel) {
		EventLoopExecutor executor = EventLoopExecutor.of(channel.eventLoop());
		String peer = peer(channel.remoteAddress());
		ServerConnection connection = new ServerConnection(this, executor, peer);
		channel.pipeline().addLast(Http1Handler.NAME, connection);
		StreamLink link = this.acceptor.accept(executor, connection.transport(), peer);
		if (link == null) {
			connection.refuse();
			return;
		}
		connection.start(link);
	}

	private static String peer(SocketAddress address) {
		if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
			return inet.getAddress().getHostAddress();
		}
		return (address != null) ? address.toString() : "";
	}

}
