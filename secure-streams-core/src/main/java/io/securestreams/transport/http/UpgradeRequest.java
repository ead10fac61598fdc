package io.securestreams.transport.http;

import java.util.function.Consumer;

import io.netty.channel.Channel;

/**
 * A request that asks for another protocol on its connection (RFC 9110 section 7.8).
 */
public interface UpgradeRequest extends ProtocolRequest {

	/**
	 * Goes over to the other protocol. The stream that has served earlier requests of the
	 * connection ends; the response, which says so, is written but not flushed. Handlers
	 * of the other protocol belong at the end of the pipeline, and get what the client
	 * has sent beyond the request first. Reading is off ({@code autoRead} is
	 * {@code false}). From here on the connection is the other protocol's to close, also
	 * when the listener ends ({@link ListenerEnd}).
	 * @param protocol the protocol, as registered for {@code Upgrade}
	 * @param fields writes further header fields of the response, checked ones
	 * @param next takes the connection, before this returns
	 */
	void accept(String protocol, Consumer<HeaderSink> fields, Consumer<Channel> next);

}
