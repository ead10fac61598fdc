package io.securestreams.stream;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The figures of one stream at one moment, for people and meters.
 *
 * @param id see {@link SecureStream#id()}
 * @param streamType the streamtype
 * @param role what the stream is
 * @param protocol wire protocol in use, for example {@code h1}; {@code local} between
 * source and sink
 * @param state last state announced
 * @param since when it was announced
 * @param created when the stream was created
 * @param peer address of the peer of the current or last connection, or {@code null}
 * @param retryCount failures since the last success
 * @param counters totals over the life of the stream
 * @param lastFailure why the last connection or attempt ended, or {@code null}
 */
public record StreamSnapshot(String id, String streamType, StreamRole role, String protocol, StreamState state,
		Instant since, Instant created, @Nullable String peer, int retryCount, Counters counters,
		@Nullable StreamFailure lastFailure) {

	/**
	 * Totals over the life of a stream.
	 *
	 * @param attempts connection attempts
	 * @param connections times CONNECTED
	 * @param failures times UNREACHABLE
	 * @param acknowledged times QOS_ACK_REMOTE
	 * @param rejected times QOS_NACK_REMOTE
	 * @param receivedBytes payload bytes received
	 * @param receivedMessages message ends received
	 * @param sentBytes payload bytes sent
	 * @param sentMessages message ends sent
	 */
	public record Counters(long attempts, long connections, long failures, long acknowledged, long rejected,
			long receivedBytes, long receivedMessages, long sentBytes, long sentMessages) {

	}

}
