package io.securestreams.transport.connect;

import io.netty.channel.Channel;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.tls.TlsContexts;

/**
 * Is told how an attempt ended: exactly one call, on the attempt's event loop, never
 * before {@link Connector#connect} has returned. Only a listener that throws in
 * {@link #connected} before it has added a handler, which would notice the end of the
 * connection, is told a second time.
 */
public interface ConnectListener {

	/**
	 * The connection stands; with TLS the peer is verified. The pipeline holds the
	 * {@code SslHandler} (name {@link TlsContexts#HANDLER}) at most, reading is off
	 * ({@code autoRead} is {@code false}). The channel belongs to the listener now, which
	 * adds its handlers before it returns: what the peer sent together with the last
	 * handshake bytes comes right after.
	 * @param channel the connection
	 * @param report what happened on the way
	 */
	void connected(Channel channel, ConnectReport report);

	/**
	 * There is no connection.
	 * @param failure why
	 * @param report what happened until then
	 */
	void failed(StreamFailure failure, ConnectReport report);

}
