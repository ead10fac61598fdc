package io.securestreams.transport.http.exchange;

/**
 * Finds or makes connections for the requests of one stream, one request at a time. Lives
 * on the stream's event loop.
 */
public interface RequestConnector {

	/**
	 * Finds a connection, on which {@link RequestListener#ready} tells what to send. Ends
	 * in {@link RequestListener#started} or {@link RequestListener#unreachable}, possibly
	 * before this returns, unless it is cancelled.
	 * @param plan where the request goes
	 * @param fresh whether a connection that has been kept will not do
	 * @param listener is told
	 */
	void acquire(RequestPlan plan, boolean fresh, RequestListener listener);

	/** Nobody waits for a connection any more; without effect if nobody did. */
	void cancel();

}
