package io.securestreams.transport.http.exchange;

import org.jspecify.annotations.Nullable;

import io.securestreams.stream.StreamFailure;
import io.securestreams.transport.connect.ConnectReport;

/**
 * Whoever needs a connection for a request.
 */
public interface RequestListener extends ResponseListener {

	/**
	 * There is a connection. What is to be sent may have changed while it was waited for.
	 * @return the request to be sent before this connection does anything else, or
	 * {@code null} if there is none any more
	 */
	@Nullable RequestPlan ready();

	/**
	 * The head of the request is on its way.
	 * @param channel takes the rest
	 * @param report what happened while the connection was made, or {@code null} if
	 * others have used it before
	 */
	void started(RequestChannel channel, @Nullable ConnectReport report);

	/**
	 * There is no connection.
	 * @param failure why
	 * @param report what happened, or {@code null} if nothing did
	 */
	void unreachable(StreamFailure failure, @Nullable ConnectReport report);

}
