package io.securestreams.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.securestreams.policy.StreamPolicy;

/**
 * One stream of a streamtype. It outlives any number of network connections, has at most
 * one at a time, and is ended by {@link #close()} only. All methods may be called from
 * any thread; from inside a callback they take effect when the callback has returned.
 */
public interface SecureStream extends AutoCloseable {

	/**
	 * Returns the name of this stream in logs and endpoints.
	 * @return unique in the process, for example {@code mintest-3}
	 */
	String id();

	/**
	 * Returns the streamtype.
	 * @return a name of the policy
	 */
	String streamType();

	/**
	 * Returns what this stream is.
	 * @return its role
	 */
	StreamRole role();

	/**
	 * Returns the policy the current connection was made with, or that of the next one.
	 * @return the policy, or {@code null} if somebody else fulfils the stream and knows
	 * it
	 */
	@Nullable StreamPolicy policy();

	/**
	 * Returns the last state announced; {@link StreamState#CREATING} before the first.
	 * @return the state
	 */
	StreamState state();

	/**
	 * Whether what is received is the answer to a request, one for each (HTTP): after its
	 * verdict the stream gives its connection back, and {@code DISCONNECTED} follows by
	 * itself. Known from the first attempt on.
	 * @return {@code true} of transactions, {@code false} of messages and bytes
	 */
	default boolean isTransactional() {
		return false;
	}

	/**
	 * Returns the stream's metadata.
	 * @return a live view
	 */
	StreamMetadata metadata();

	/**
	 * Connects, and resets the count of retries. Without effect on a stream that is
	 * connected or connecting; one that waits for a retry connects at once.
	 */
	void connect();

	/**
	 * Asks for one call of {@link StreamHandler#onWritable}; connects first if needed.
	 * Several requests before the slot count as one.
	 */
	void requestTx();

	/**
	 * As {@link #requestTx()}, and says how long the whole message is going to be (HTTP
	 * content-length, MQTT payload length). Holds for one transaction.
	 * @param totalLength bytes, 0 or more
	 * @throws IllegalArgumentException if the length is negative
	 */
	void requestTx(long totalLength);

	/**
	 * Sends one whole message, in the order of the calls and before the handler's own
	 * slots. It is kept until it has been sent: cut off by the end of a connection or
	 * attempt it goes out again as a whole with the next one, if there is one and the
	 * peer may get it twice, or fails. Bytes of {@code raw} are never sent twice.
	 * @param message the message, copied
	 * @return completes with the ordinal of the slot that ended the message, when it was
	 * handed to the transport; if it is the body of a request (HTTP), when the peer has
	 * answered; if it is the body of an answer, when all of it is on its way; through a
	 * proxy that does not tell what it speaks, when it is answered or has had time to be
	 * lost. Where the protocol acknowledges, {@code QOS_ACK_REMOTE} or
	 * {@code QOS_NACK_REMOTE} with that ordinal follows. Completes exceptionally with
	 * {@link StreamOverflowException} at once if too much is waiting, with
	 * {@link SendFailedException} if its attempt fails and is not repeated, if retries
	 * end ({@code ALL_RETRIES_FAILED}), if the connection has ended and the stream, which
	 * is paused, has still to be told, or if the peer has answered before it had all of
	 * the message, or with {@link StreamClosedException} if the stream ends before
	 */
	CompletionStage<Long> send(byte[] message);

	/**
	 * As {@link #send(byte[])}.
	 * @param message the message, copied; its position does not change
	 * @return see {@link #send(byte[])}
	 */
	CompletionStage<Long> send(ByteBuffer message);

	/**
	 * Drops the current connection, attempt or pending retry, and what is being sent;
	 * what {@link #send} was given before and has not been sent fails with
	 * {@link SendFailedException}. The stream stays, without a connection until the
	 * application asks for one by {@link #connect()}, {@link #requestTx()} or
	 * {@link #send}. See {@link #hangUp()} for the other way.
	 */
	void disconnect();

	/**
	 * Drops the current connection or attempt as if the peer had ended it:
	 * {@code DISCONNECTED} or {@code UNREACHABLE} follows, and then what the policy says,
	 * which is the next attempt after a while of the retry policy, unless the stream is
	 * {@code opportunistic} and was connected. What the peer may have processed is not
	 * repeated. Without effect if there is no connection or attempt: a pending retry
	 * stays. An accepted stream ends with its connection. This is what returning
	 * DISCONNECT_ME means in libwebsockets, for example in {@link StreamState#TIMEOUT}.
	 */
	void hangUp();

	/**
	 * Says that the handler has failed at what it does elsewhere, on a thread of its own:
	 * the same as if it had thrown in a callback. It is logged, the connection is
	 * dropped, and a client that waits for an answer to a request, or to an upgrade, gets
	 * 500.
	 * @param cause what has been thrown
	 */
	void fail(Throwable cause);

	/**
	 * Destroys the stream: {@code DISCONNECTED} if it was connected, then
	 * {@code DESTROYING}, its last event. Without effect on a closed stream.
	 */
	@Override
	void close();

	/**
	 * Whether {@link StreamState#DESTROYING} has been announced.
	 * @return {@code true} once the stream is gone
	 */
	boolean isClosed();

	/**
	 * Starts the policy's {@code timeout_ms}, if it has one. Replaces a running one.
	 */
	void startTimeout();

	/**
	 * Starts a timeout that ends in {@link StreamState#TIMEOUT}. Replaces a running one.
	 * @param timeout positive, with ms resolution
	 */
	void startTimeout(Duration timeout);

	/**
	 * Stops the timeout if one is running.
	 */
	void cancelTimeout();

	/**
	 * Lets the peer of the current connection send more (HTTP/2 tx credit), where the
	 * stream was created with credit by hand ({@link StreamOptions}); otherwise, and
	 * without a connection, without effect.
	 * @param bytes positive
	 */
	void grantCredit(int bytes);

	/**
	 * Stops {@link StreamHandler#onReceive} and, once small buffers are full, the peer.
	 */
	void pauseReceiving();

	/**
	 * Undoes {@link #pauseReceiving()}.
	 */
	void resumeReceiving();

	/**
	 * Stops {@link StreamHandler#onReceive} as {@link #pauseReceiving()} does, until the
	 * suspension is closed. Each counts for itself, and {@link #resumeReceiving()} ends
	 * none: for what passes payload on to another thread and must not undo the pause of
	 * the handler behind it.
	 * @return ends it, from any thread
	 */
	Suspension suspendReceiving();

	/**
	 * Lets no attempt to connect go on until the suspension is closed: for what passes
	 * states on to another thread. Suspended in {@link StreamState#CREATING},
	 * {@link StreamState#CONNECTING} or after a failure, a stream waits, so that the
	 * handler behind may set the metadata of the attempt. Where that handler asks for the
	 * attempt itself, it waits at most a second more. An attempt that has started is left
	 * alone, as is a connection.
	 * @return ends it, from any thread
	 */
	Suspension suspendConnecting();

	/**
	 * Server: takes the request with status 200. The body of the answer follows, by
	 * {@link #send} or in slots, and the answer is complete with its end. The head leaves
	 * with the first of it, so that metadata and the length may be said before or after
	 * this; nothing leaves before it. In {@link StreamState#SERVER_UPGRADE} it accepts
	 * the upgrade.
	 * <p>
	 * Each request has a stream of its own and takes one answer, from any thread and
	 * however late: one of {@code acknowledge}, {@code answer} and {@code reject}, once.
	 * @throws IllegalStateException if the request has been answered already, or there is
	 * none because this is no accepted stream
	 * @throws StreamClosedException if the stream is gone, and the request with it
	 */
	void acknowledge();

	/**
	 * Server: as {@link #acknowledge()}, with a status of its own. One that cannot have a
	 * body (204, 304) is a whole answer; of an upgrade anything from 300 on is a refusal.
	 * @param status 200..599
	 */
	void acknowledge(int status);

	/**
	 * Server: answers the request without a body; refuses an upgrade.
	 * @param status 200..599; of an upgrade from 300 on
	 * @throws IllegalStateException as {@link #acknowledge()}
	 * @throws StreamClosedException as {@link #acknowledge()}
	 */
	void answer(int status);

	/**
	 * Server: answers the request, with this as the whole body.
	 * @param status 200..599
	 * @param body the body, copied
	 * @return as {@link #send(byte[])}
	 * @throws IllegalStateException as {@link #acknowledge()}
	 * @throws StreamClosedException as {@link #acknowledge()}
	 */
	CompletionStage<Long> answer(int status, byte[] body);

	/**
	 * Server: answers the request with 404 and without a body; refuses an upgrade.
	 * @throws IllegalStateException as {@link #acknowledge()}
	 * @throws StreamClosedException as {@link #acknowledge()}
	 */
	void reject();

	/**
	 * Replaces the whole handler, from the next callback on.
	 * @param next the handler
	 */
	void handler(StreamHandler next);

	/**
	 * Tells that the application has seen proof that the peer is alive; restarts the
	 * checks of the retry policy ({@code svalidping}, {@code svalidhup}).
	 */
	void confirmValidity();

	/**
	 * Returns why the last connection or attempt ended.
	 * @return the failure, or {@code null} if there was none since the last success
	 */
	@Nullable StreamFailure lastFailure();

	/**
	 * Returns what the peer has answered to the current request of HTTP, or to the last
	 * one: there before a mapped user state, {@code CONNECTED} and the first payload of
	 * the answer, so that an error page can be told from what was asked for, and until
	 * the next attempt starts.
	 * @return status and header fields, or {@code null} if there is no answer (yet), as
	 * on streams of another protocol, and accepted ones
	 */
	default @Nullable HttpAnswer lastAnswer() {
		return null;
	}

	/**
	 * Returns the status with which the application has answered the request of this
	 * accepted stream of HTTP.
	 * @return what was given to {@link #answer(int)} or {@link #acknowledge(int)}, 200
	 * after {@link #acknowledge()}, 404 after {@link #reject()}, or 0 if it has not
	 * answered, or there is no request
	 */
	default int answeredStatus() {
		return 0;
	}

	/**
	 * Returns the figures of the stream.
	 * @return a copy
	 */
	StreamSnapshot snapshot();

}
