package io.securestreams.transport.http2.client;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.RetryPolicy;
import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectReport;

/**
 * Whoever needs a connection for one request. Gets exactly one of the calls, possibly
 * before {@link Http2OriginPool#acquire} returns, unless it is cancelled before.
 */
interface ConnectionClaim {

	/**
	 * Here is a connection with room for a stream, to be opened before this returns.
	 * @param connection the connection
	 * @param report what happened while it was made, or {@code null} if others have used
	 * it before
	 */
	void join(Http2ClientConnection connection, @Nullable ConnectReport report);

	/**
	 * There is no connection.
	 * @param failure why
	 * @param report what happened, or {@code null} if nothing did
	 */
	void unreachable(StreamFailure failure, @Nullable ConnectReport report);

	/**
	 * The peer speaks HTTP/1.1 only.
	 */
	void fallBack();

	/**
	 * One of the calls above has thrown: whoever waits is not going to get anything, and
	 * must not wait for ever.
	 * @param defect what was thrown
	 */
	void defect(Throwable defect);

	/**
	 * Returns when a peer's silence matters, should this waiter be the first on a
	 * connection.
	 * @return the retry policy
	 */
	RetryPolicy validity();

}
