package io.securestreams.transport.http.exchange;

import io.netty.buffer.ByteBuf;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.stream.platform.WakeLock;
import io.securestreams.transport.http.ReceivedHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Whoever has sent a request, and is told how it goes. Any of these calls may lead to
 * calls on the {@link RequestChannel} before it returns.
 */
public interface ResponseListener {

	/** 100 (Continue): the peer wants the body. */
	void continues();

	/**
	 * The head of the final response, checked.
	 * @param status status code, 200 to 999
	 * @param fields the header fields, valid until the listener calls anybody else
	 */
	void responseHead(int status, ReceivedHeaders fields);

	/**
	 * A part of the response's body.
	 * @param data borrowed, never empty
	 */
	void responseData(ByteBuf data);

	/** The response is complete. */
	void responseEnd();

	/**
	 * The channel can take data, after {@link RequestChannel#requestWrite()}.
	 * @param capacity most bytes that can leave at once, at least 1
	 */
	void writable(int capacity);

	/**
	 * The request is over without a complete response.
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param cause the exception behind it, or {@code null}
	 * @param processed whether the peer may have acted on it
	 */
	void failed(Phase phase, String message, @Nullable Throwable cause, Processed processed);

	/**
	 * The peer's sign of life is overdue: the system is not to be suspended until it is
	 * there, if the stream's policy says so ({@code swake_validity}).
	 * @return to be released then
	 */
	WakeLock.Held stayAwake();

}
