package io.securestreams.transport.http;

import io.netty.channel.Channel;

/**
 * What goes on with a connection, or with a stream of one, when a request for another
 * protocol has been accepted. One of both is called, by {@link UpgradeRequest#accept}.
 */
public interface UpgradedProtocol {

	/**
	 * Takes a connection that has been one of HTTP/1.1. Handlers are to be added at the
	 * end of the pipeline; they get what the client has sent beyond the request first.
	 * Reading is off ({@code autoRead} is {@code false}). From here on the connection is
	 * the new protocol's to close, also when the listener ends ({@link ListenerEnd}).
	 * @param channel the connection
	 */
	void take(Channel channel);

	/**
	 * Takes a stream of a connection of HTTP/2, which goes on.
	 * @param tunnel the stream, to be {@linkplain Tunnel#accept accepted} before this
	 * returns
	 */
	void take(Tunnel tunnel);

}
