package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.securestreams.limits.HttpMessageLimits;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.loop.EventLoopExecutor;
import io.securestreams.transport.tls.PeerIdentity;

/**
 * How a version of HTTP carries one exchange of a server at a time: a connection of
 * HTTP/1.1, a stream of HTTP/2. Used on the connection's event loop.
 */
public interface ServerFraming {

	/**
	 * Returns where the exchange lives.
	 * @return the connection's executor
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
	 * Returns the limits of requests.
	 * @return the limits
	 */
	HttpMessageLimits messageLimits();

	/** Says that the body may be sent (RFC 9110 section 10.1.1). */
	void proceed();

	/**
	 * Writes the head of the answer, with {@link ServerExchange#fields} in it.
	 * @param exchange whose answer it is
	 * @param status status code
	 * @param length length of the body, or -1 if it is not known
	 * @param last whether no body follows
	 */
	void head(ServerExchange exchange, int status, long length, boolean last);

	/**
	 * Writes a piece of the body.
	 * @param piece the bytes, of which ownership is taken
	 * @param last whether it is the last one
	 */
	void body(ByteBuf piece, boolean last);

	/**
	 * Asks for one {@link ServerExchange#offerSlot}, as soon as the client can take
	 * payload. Never answers before it returns.
	 */
	void requestSlot();

	/**
	 * Whether the client takes no payload at the moment, but would take a head.
	 * @return {@code true} without a window
	 */
	default boolean takesHeadOnly() {
		return false;
	}

	/**
	 * The exchange is over, in peace: request and answer are complete, or what is to come
	 * of the request is not wanted.
	 */
	void finished();

	/**
	 * The exchange cannot go on; ends with {@link ServerExchange#lost}.
	 * @param status what the client is told, if the head has not left
	 * @param phase what the application is told
	 * @param message why
	 * @param cause what is behind it, or {@code null}
	 */
	void refuse(int status, Phase phase, String message, @Nullable Throwable cause);

	/**
	 * The application gives the exchange up, which is over.
	 * @param status what the client is told, or 0 if there is nothing to tell
	 * @param answered whether all of the answer has been written
	 */
	void cancel(int status, boolean answered);

	/** Stops reading the body. */
	void pause();

	/** Undoes {@link #pause}. */
	void resume();

	/**
	 * Lets the client send more, where credit is given by hand.
	 * @param bytes positive
	 */
	default void grantCredit(int bytes) {
	}

}
