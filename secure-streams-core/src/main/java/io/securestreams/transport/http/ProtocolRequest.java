package io.securestreams.transport.http;

import java.util.function.Consumer;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * A request that asks for another protocol, on its connection or in its stream, whatever
 * the version of HTTP. Used on the connection's event loop, until it has been accepted or
 * refused.
 */
public interface ProtocolRequest {

	/**
	 * Returns the request method.
	 * @return {@code GET}, as a rule; {@code CONNECT} on HTTP/2 (RFC 8441)
	 */
	String method();

	/**
	 * Returns path and query, as received.
	 * @return starts with a slash
	 */
	String path();

	/**
	 * Whether the client would go on with a protocol.
	 * @param protocol its name as registered for {@code Upgrade}; case does not matter
	 * @return {@code true} if it is one of those asked for
	 */
	boolean asksFor(String protocol);

	/**
	 * Returns the header fields.
	 * @return valid until whoever has been offered the request returns
	 */
	ReceivedHeaders fields();

	/**
	 * Returns where the connection, and the stream to be made, lives.
	 * @return the executor
	 */
	EventLoopExecutor executor();

	/**
	 * Returns who asks.
	 * @return numeric address of the peer, or socket path
	 */
	String peer();

	/**
	 * Returns who asks, by certificate.
	 * @return {@link PeerIdentity#NONE} without one
	 */
	PeerIdentity identity();

	/**
	 * Returns the streamtypes of the listener.
	 * @return the routes at the time of the request
	 */
	ServerRoutes routes();

	/**
	 * Says whom to tell if the client goes away before it has an answer; the request is
	 * over then. Called on the event loop, at most once.
	 * @param lost is told
	 */
	void onLost(Runnable lost);

	/**
	 * Answers without a body; the connection goes on.
	 * @param status status code, 300 or more
	 * @param fields writes further header fields of the response, checked ones
	 */
	void refuse(int status, Consumer<HeaderSink> fields);

}
