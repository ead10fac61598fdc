package io.securestreams.spring.boot.actuate.endpoint;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamCounts;
import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamRole;
import io.securestreams.stream.StreamSnapshot;
import io.securestreams.stream.StreamState;
import io.securestreams.stream.factory.StreamServer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A live stream or listener, for people. Has no metadata and no payload, for they may be
 * secret.
 *
 * @param id name of the stream in logs
 * @param streamtype the streamtype
 * @param role what it is
 * @param protocol wire protocol
 * @param state last state announced
 * @param since when it was announced
 * @param created when the stream was created
 * @param peer address of the peer, or {@code null}
 * @param retryCount failures since the last success
 * @param counters totals over its life
 * @param lastFailure why the last connection or attempt ended, or {@code null}
 * @param address where a listener is bound, {@code null} for others
 * @param clients ids of the streams a listener has accepted, {@code null} for others
 */
public record StreamDescriptor(String id, String streamtype, StreamRole role, String protocol, StreamState state,
		Instant since, Instant created, @Nullable String peer, int retryCount, CountersDescriptor counters,
		@Nullable FailureDescriptor lastFailure, @Nullable String address,
		@Nullable List<String> clients) implements OperationResponseBody {

	static StreamDescriptor of(SecureStream stream) {
		return of(stream.snapshot(), null, null);
	}

	static StreamDescriptor of(StreamServer server) {
		return of(server.snapshot(), text(server.address()), server.clients().stream().map(SecureStream::id).toList());
	}

	private static StreamDescriptor of(StreamSnapshot snapshot, @Nullable String address,
			@Nullable List<String> clients) {
		return new StreamDescriptor(snapshot.id(), snapshot.streamType(), snapshot.role(), snapshot.protocol(),
				snapshot.state(), snapshot.since(), snapshot.created(), snapshot.peer(), snapshot.retryCount(),
				CountersDescriptor.of(snapshot.counters()), FailureDescriptor.of(snapshot.lastFailure()), address,
				clients);
	}

	private static String text(SocketAddress address) {
		if (address instanceof InetSocketAddress inet) {
			String host = inet.getAddress().getHostAddress();
			return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + inet.getPort();
		}
		return address.toString();
	}

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
	public record CountersDescriptor(long attempts, long connections, long failures, long acknowledged, long rejected,
			long receivedBytes, long receivedMessages, long sentBytes, long sentMessages) {

		static CountersDescriptor of(StreamCounts counts) {
			return new CountersDescriptor(counts.attempts(), counts.connections(), counts.failures(),
					counts.acknowledged(), counts.rejected(), counts.receivedBytes(), counts.receivedMessages(),
					counts.sentBytes(), counts.sentMessages());
		}

	}

	/**
	 * Why a connection or attempt ended.
	 *
	 * @param phase what was being done
	 * @param message what went wrong
	 * @param endpoint host and port, or socket path
	 * @param unsent whether sending again is safe
	 * @param retryAfter how long the peer asks to wait, or {@code null}
	 */
	public record FailureDescriptor(StreamFailure.Phase phase, String message, String endpoint, boolean unsent,
			@Nullable Duration retryAfter) {

		static @Nullable FailureDescriptor of(@Nullable StreamFailure failure) {
			return (failure == null) ? null : new FailureDescriptor(failure.phase(), failure.message(),
					failure.endpoint(), failure.unsent(), failure.retryAfter());
		}

	}

}
