package io.securestreams.transport.http2.client;

/**
 * Who keeps connections.
 */
interface ConnectionOwner {

	/**
	 * There may be room for more streams.
	 * @param connection the connection
	 */
	void roomMade(Http2ClientConnection connection);

	/**
	 * The connection takes no more streams.
	 * @param connection the connection
	 */
	void retired(Http2ClientConnection connection);

	/**
	 * The connection is closed; {@link #retired} has been called before.
	 * @param connection the connection
	 */
	void closed(Http2ClientConnection connection);

}
