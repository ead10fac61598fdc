package io.securestreams.transport.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

import io.securestreams.stream.WakeLock;
import io.securestreams.transport.http2.StreamEnd;

/**
 * Whoever has made a request, and is told how it goes. Any of these calls may lead to
 * calls on the {@link Http2ClientStream} before it returns.
 */
interface Exchange {

	/**
	 * The head of the final response, checked.
	 * @param status status code, 200 to 999
	 * @param headers all fields, {@code :status} included
	 * @param last whether {@link #responseEnd()} follows at once
	 */
	void responseHead(int status, Http2Headers headers, boolean last);

	/**
	 * 100 (Continue): the peer wants the body.
	 */
	void continues();

	/**
	 * A part of the response's body.
	 * @param data borrowed, never empty
	 */
	void responseData(ByteBuf data);

	/**
	 * The response is complete; the stream is over.
	 */
	void responseEnd();

	/**
	 * The stream can take data; {@link Http2ClientStream#write} may be called before this
	 * returns.
	 * @param capacity most bytes that can leave at once, at least 1
	 */
	void writable(int capacity);

	/**
	 * The stream is over without a complete response.
	 * @param reason why
	 */
	void failed(StreamEnd reason);

	/**
	 * The peer's sign of life is overdue: the system is not to be suspended until it is
	 * there, if the stream's policy says so ({@code swake_validity}).
	 */
	WakeLock.Held stayAwake();

}
