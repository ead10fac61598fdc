package io.securestreams.engine.spi;

import io.netty.buffer.ByteBuf;
import io.securestreams.policy.StreamPolicy;
import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.MessagePart;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.platform.WakeLock;

/**
 * The engine's end of one stream, as its transport sees it: what the transport may ask,
 * and what it reports, whatever its role. Every method is called on {@link #executor()}
 * only. A report may lead to calls on the transport before it returns.
 */
public interface StreamLink {

	/**
	 * Returns the stream's name for logs.
	 * @return for example {@code mintest-3}
	 */
	String tag();

	/**
	 * Returns the policy of this connection.
	 * @return the streamtype's policy
	 */
	StreamPolicy policy();

	/**
	 * Returns the stream's metadata.
	 * @return live
	 */
	MetadataAccess metadata();

	/**
	 * Returns the executor the stream lives on.
	 * @return the executor
	 */
	StreamExecutor executor();

	/**
	 * Returns what to hold while the connection is being checked.
	 * @return the lock; one without effect unless the policy says {@code swake_validity}
	 */
	default WakeLock wakeLock() {
		return WakeLock.NONE;
	}

	/**
	 * Whether the application has asked to send in this transaction.
	 * @return {@code true} after {@code requestTx}
	 */
	boolean txRequested();

	/**
	 * Returns the length the application gave with {@code requestTx(length)} for this
	 * transaction.
	 * @return bytes, or -1 if it gave none
	 */
	long txLength();

	/**
	 * The stream is usable (CONNECTED). Once per attempt.
	 * @param peer numeric address of the peer, or socket path
	 */
	void connected(String peer);

	/**
	 * Timings are known; reported to the application when the policy wants them.
	 * @param timings the figures
	 */
	void timings(ConnectionTimings timings);

	/**
	 * The next message is part of a multipart one. Before its first {@link #received}.
	 * @param part what it says of itself
	 */
	default void part(MessagePart part) {
	}

	/**
	 * Payload has arrived.
	 * @param payload the bytes, borrowed: the transport still releases them
	 * @param flags {@link PayloadFlags}
	 */
	void received(ByteBuf payload, int flags);

	/**
	 * The transport can take payload, after {@link StreamTransport#requestWrite()}. The
	 * engine calls {@link StreamTransport#write} before this returns, or does not use the
	 * opportunity.
	 * @param capacity most bytes the slot may take, at least 1
	 */
	void writable(int capacity);

	/**
	 * The peer has accepted a transaction or message (QOS_ACK_REMOTE).
	 * @param ordinal ordinal of the last write it is about, 0 if there was none
	 */
	void acknowledged(long ordinal);

	/**
	 * The peer has rejected a transaction or message (QOS_NACK_REMOTE).
	 * @param ordinal ordinal of the last write it is about, 0 if there was none
	 */
	void rejected(long ordinal);

	/**
	 * The transaction is complete and the stream has let go of its connection, which is
	 * no loss (DISCONNECTED, no retry). The transport is idle again.
	 */
	void completed();

	/**
	 * The attempt failed, or the connection was lost. The transport is idle again.
	 * @param failure why, and of a transaction whether it is repeatable
	 */
	void closed(StreamFailure failure);

}
